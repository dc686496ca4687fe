const encoder = new TextEncoder();

/** Compares two secrets in a time that tells nothing of where they differ: by their digests. */
export async function equalSecrets(a: string, b: string): Promise<boolean> {
  const digests = await Promise.all(
    [a, b].map((text) => crypto.subtle.digest('SHA-256', encoder.encode(text))),
  );
  const [first = new Uint8Array(), second = new Uint8Array()] = digests.map(
    (digest) => new Uint8Array(digest),
  );
  let difference = first.length ^ second.length;
  for (const [i, byte] of first.entries()) difference |= byte ^ (second[i] ?? 0);
  return difference === 0;
}
