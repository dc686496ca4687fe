/** Encrypts what the database must keep but not know, such as the secrets of authenticators. */
export type Sealer = {
  /** `context` names the place the text belongs to: sealed for one row, it cannot be opened in another. */
  seal: (text: string, context: string) => Promise<string>;
  /** Null when the text was sealed with another key or for another place, or was changed. */
  open: (sealed: string, context: string) => Promise<string | null>;
};

const NONCE_BYTES = 12;

/** AES-256-GCM with a key of its own, derived from the service's (HKDF, RFC 5869). */
export function createSealer(secretKey: string): Sealer {
  const encoder = new TextEncoder();
  const key = deriveKey(encoder.encode(secretKey), encoder.encode('sealer'));
  const algorithm = (iv: Uint8Array<ArrayBuffer>, context: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: encoder.encode(context),
  });

  return {
    seal: async (text, context) => {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const box = await crypto.subtle.encrypt(algorithm(nonce, context), await key, encoder.encode(text));
      return `${nonce.toBase64()}.${new Uint8Array(box).toBase64()}`;
    },
    open: async (sealed, context) => {
      const [nonce = '', box = ''] = sealed.split('.');
      try {
        const how = algorithm(Uint8Array.fromBase64(nonce), context);
        return new TextDecoder().decode(
          await crypto.subtle.decrypt(how, await key, Uint8Array.fromBase64(box)),
        );
      } catch {
        return null;
      }
    },
  };
}

async function deriveKey(secret: Uint8Array<ArrayBuffer>, info: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
