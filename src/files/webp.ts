import { ascii, join, startsWith } from './bytes.ts';

/** The picture, its transparency and its colour profile; Exif, XMP and the unknown go, and so do animations. */
const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP']);

/** Of VP8X's flags, those of the chunks that are kept: colour profile and transparency. */
const KEPT_FLAGS = 0x30;

/** A still WebP (RFC 9649) with the chunks that make the picture. Null for what is not a whole one. */
export function cleanWebp(bytes: Uint8Array<ArrayBuffer>) {
  if (!startsWith(bytes, 'RIFF') || ascii(bytes, 8, 12) !== 'WEBP') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const riffEnd = view.getUint32(4, true) + 8;
  if (riffEnd > bytes.length) return null;
  const kept: Uint8Array[] = [];
  let size: { width: number; height: number } | null | undefined;

  for (let at = 12; at + 8 <= riffEnd;) {
    const type = ascii(bytes, at, at + 4);
    const length = view.getUint32(at + 4, true);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (content.length < length) return null;
    const end = at + 8 + length + (length % 2);
    if (KEPT.has(type)) {
      const chunk = new Uint8Array(8 + length + (length % 2));
      chunk.set(bytes.subarray(at, at + 8 + length));
      if (type === 'VP8X') chunk[8] = (chunk[8] ?? 0) & KEPT_FLAGS;
      kept.push(chunk);
    }
    if (type === 'VP8 ') size = lossySize(content);
    if (type === 'VP8L') size = losslessSize(content);
    at = end;
  }
  if (!size) return null;
  const body = join(kept);
  const header = new Uint8Array(12);
  header.set(bytes.subarray(0, 12));
  new DataView(header.buffer).setUint32(4, body.length + 4, true);
  return { ...size, bytes: join([header, body]) };
}

/** A key frame's header (RFC 6386, 9.1): three bytes, the start code, two 14-bit sizes. */
function lossySize(content: Uint8Array) {
  const [tag = 1, , , a, b, c, w0 = 0, w1 = 0, h0 = 0, h1 = 0] = content;
  if ((tag & 1) !== 0 || a !== 0x9d || b !== 0x01 || c !== 0x2a) return null;
  return positive(w0 | ((w1 & 0x3f) << 8), h0 | ((h1 & 0x3f) << 8));
}

/** The signature and two 14-bit sizes, each less one (RFC 9649, 3.4). */
function losslessSize(content: Uint8Array) {
  const [signature, a = 0, b = 0, c = 0, d = 0] = content;
  if (signature !== 0x2f || content.length < 5) return null;
  const bits = a | (b << 8) | (c << 16) | (d << 24);
  return positive((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
}

const positive = (width: number, height: number) => (width > 0 && height > 0 ? { width, height } : null);
