import { crc32 } from 'node:zlib';
import { ascii, join } from './bytes.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The picture, its transparency and what its colours and pixels mean; texts, times, Exif and the unknown go. */
const KEPT = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'cHRM',
  'gAMA',
  'iCCP',
  'sBIT',
  'sRGB',
  'cICP',
  'bKGD',
  'pHYs',
]);

/** A PNG (ISO/IEC 15948) with the chunks that make the picture. Null for what is not a whole PNG. */
export function cleanPng(bytes: Uint8Array<ArrayBuffer>) {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: ArrayLike<number>[] = [SIGNATURE];
  let size: { width: number; height: number } | undefined;
  let hasPixels = false;

  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) return null;
    const type = ascii(bytes, at + 4, at + 8);
    if (view.getUint32(end - 4) !== crc32(bytes.subarray(at + 4, end - 4))) return null;
    if ((type === 'IHDR') === (size !== undefined)) return null;
    if (type === 'IHDR') {
      size = { width: length === 13 ? view.getUint32(at + 8) : 0, height: view.getUint32(at + 12) };
      if (size.width === 0 || size.height === 0) return null;
    }
    if (type === 'IDAT') hasPixels = true;
    if (KEPT.has(type)) kept.push(bytes.subarray(at, end));
    if (type === 'IEND') return size && hasPixels ? { ...size, bytes: join(kept) } : null;
    at = end;
  }
  return null;
}
