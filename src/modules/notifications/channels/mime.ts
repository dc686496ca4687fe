import { Buffer } from 'node:buffer';

/*
 * The body of a mail (RFC 2045 to 2047) made in one go: the parts are known and small, and the composer of a mail
 * library sends each through a stream of its own, which takes ten times as long. A part is its headers and content.
 */

/** Text of any line ends. */
export const textPart = (type: string, text: string): string =>
  `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}`;

type File = { filename: string; contentType: string; content: Uint8Array | string };

/** A file under a plain ASCII name; with a `cid`, one that the text shows. */
export function filePart({ filename, contentType, content }: File, cid?: string): string {
  const place = cid === undefined ? 'attachment' : 'inline';
  const id = cid === undefined ? '' : `Content-ID: <${cid}>\r\n`;
  return `Content-Type: ${contentType}; name="${filename}"\r\nContent-Disposition: ${place}; filename="${filename}"\r\n${id}Content-Transfer-Encoding: base64\r\n\r\n${base64(content)}`;
}

/** Parts together; one alone needs no frame. */
export function multipart(kind: 'mixed' | 'alternative' | 'related', parts: readonly string[]): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  // In no part: `=_` is neither quoted-printable nor base64.
  const boundary = `=_${kind}`;
  const inner = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${inner}--${boundary}--\r\n`;
}

const base64 = (content: Uint8Array | string): string =>
  Buffer.from(content)
    .toString('base64')
    .replaceAll(/.{76}(?=.)/g, '$&\r\n');

const [TAB, LF, CR, SPACE, EQUALS] = [0x09, 0x0a, 0x0d, 0x20, 0x3d];
const HEX = Buffer.from('0123456789ABCDEF');
/** Of a line, without the sign that it goes on. */
const LONGEST_LINE = 75;

function quotedPrintable(text: string): string {
  const bytes = Buffer.from(text);
  // A byte takes three at most, and a line that goes on three more.
  const out = Buffer.allocUnsafe(Math.ceil(bytes.length * 3 * (1 + 3 / (LONGEST_LINE - 2))) + 3);
  let length = 0;
  let column = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    const next = bytes[i + 1] ?? LF;
    if (byte === CR && next === LF) continue;
    if (byte === LF) {
      out[length++] = CR;
      out[length++] = LF;
      column = 0;
      continue;
    }
    const isBlank = byte === SPACE || byte === TAB;
    const isPlain = isBlank ? next !== LF && next !== CR : byte > SPACE && byte < 0x7f && byte !== EQUALS;
    if (column + (isPlain ? 1 : 3) > LONGEST_LINE) {
      out[length++] = EQUALS;
      out[length++] = CR;
      out[length++] = LF;
      column = 0;
    }
    if (isPlain) {
      out[length++] = byte;
      column += 1;
    } else {
      out[length++] = EQUALS;
      out[length++] = HEX[byte >> 4] ?? 0;
      out[length++] = HEX[byte & 15] ?? 0;
      column += 3;
    }
  }
  return out.toString('latin1', 0, length);
}
