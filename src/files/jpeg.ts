import { join, startsWith } from './bytes.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const JFIF_WITHOUT_PREVIEW = 14;

/** Frame headers; of the same range, C4, C8 and CC are tables. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** What a decoder needs: frames, Huffman, arithmetic and quantisation tables, restart interval. */
const isPicture = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf) || marker === 0xdb || marker === 0xdd;

/**
 * A JPEG (ITU-T T.81) with the segments that make the picture: besides those, JFIF's header, the colour profile
 * and Adobe's colour transform. Exif's orientation stays, in an Exif segment that says nothing else, as the pixels of
 * a telephone's pictures often lie on their side. Null for what is not a whole JPEG.
 */
export function cleanJpeg(bytes: Uint8Array<ArrayBuffer>) {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = [bytes.subarray(0, 2)];
  let size: { width: number; height: number } | undefined;
  let orientation = 1;
  let hasScan = false;

  for (let at = 2; at + 4 <= bytes.length || bytes[at + 1] === EOI;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === EOI) {
      if (!size || !hasScan) return null;
      kept.push(bytes.subarray(at, at + 2));
      const [start, ...rest] = kept;
      return { ...size, bytes: join([start ?? [], orientationSegment(orientation), ...rest]) };
    }
    const length = view.getUint16(at + 2);
    let end = at + 2 + length;
    if (length < 2 || end > bytes.length) return null;
    const content = bytes.subarray(at + 4, end);
    if (isFrame(marker)) {
      if (content.length < 6) return null;
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
      if (size.width === 0 || size.height === 0) return null;
    }
    if (marker === APP1) orientation = orientationOf(content) ?? orientation;
    if (marker === SOS) {
      hasScan = true;
      end = endOfScan(bytes, end);
    }
    if (isPicture(marker) || marker === SOS || isKeptApplication(marker, content)) {
      kept.push(bytes.subarray(at, end));
    }
    at = end;
  }
  return null;
}

const isKeptApplication = (marker: number, content: Uint8Array): boolean =>
  (marker === APP0 && startsWith(content, 'JFIF\0') && content.length === JFIF_WITHOUT_PREVIEW) ||
  (marker === APP2 && startsWith(content, 'ICC_PROFILE\0')) ||
  (marker === APP14 && startsWith(content, 'Adobe'));

/** Where the entropy-coded data ends: at a marker that is neither a restart nor an escaped FF. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

const ORIENTATION_TAG = 0x0112;

/** The orientation, 1 to 8, that an Exif segment tells (CIPA DC-008, 4.6.4). */
function orientationOf(content: Uint8Array<ArrayBuffer>): number | undefined {
  if (!startsWith(content, 'Exif\0\0')) return undefined;
  const tiff = new DataView(content.buffer, content.byteOffset + 6, content.byteLength - 6);
  try {
    const little = tiff.getUint16(0) === 0x4949;
    const directory = tiff.getUint32(4, little);
    const entries = tiff.getUint16(directory, little);
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + i * 12;
      if (tiff.getUint16(entry, little) !== ORIENTATION_TAG) continue;
      const value = tiff.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : undefined;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

/** An Exif segment with one entry; nothing for a picture that stands upright. */
function orientationSegment(orientation: number): number[] {
  if (orientation === 1) return [];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0];
  const header = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const directory = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const content = [...exif, ...header, ...directory];
  return [0xff, APP1, 0, content.length + 2, ...content];
}
