import { crc32, deflateSync } from 'node:zlib';
import { join } from '../../src/files/bytes.ts';

/** What pictures say of people, put everywhere a picture can say something: none of it may be left. */
export const SECRET = 'Secreto: Jr. Lampa 123, -12.0464 S';

const base64 = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** 8 × 6 pixels in one colour, as ImageMagick writes them. */
export const JPEG = base64(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAGAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAABf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AIADg9//2Q==',
);
export const PROGRESSIVE_JPEG = base64(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wgARCAAGAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUAQEAAAAAAAAAAAAAAAAAAAAE/9oADAMBAAIQAxAAAAGcOP8A/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABBQJ//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAwEBPwF//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAgEBPwF//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAGPwJ//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPyF//9oADAMBAAIAAwAAABDz/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAwEBPxB//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAgEBPxB//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxB//9k=',
);
export const WEBP = base64(
  'UklGRjYAAABXRUJQVlA4ICoAAADQAQCdASoIAAYAAgA0JaACdLoB+AADsAD+7L2P/PTNeYP8nP+3Jl5tsAA=',
);
export const LOSSLESS_WEBP = base64('UklGRiIAAABXRUJQVlA4TBYAAAAvB0ABAAdQs86Uuf8BgCD8b5uI6H8I');

const uint16 = (value: number) => [value >> 8, value & 255];
const uint32 = (value: number) => [...uint16(value >>> 16), ...uint16(value & 0xffff)];
const uint32le = (value: number) => uint32(value).toReversed();

const segment = (marker: number, content: Uint8Array) =>
  join([[0xff, marker], uint16(content.length + 2), content]);

/** Exif with an orientation and a secret, in either byte order. */
export function exif(orientation: number, order: 'II' | 'MM' = 'MM'): Uint8Array {
  const numbers = (...values: [size: 2 | 4, value: number][]) =>
    values.flatMap(([size, value]) => {
      const big = size === 2 ? uint16(value) : uint32(value);
      return order === 'MM' ? big : big.toReversed();
    });
  return join([
    bytesOf(`Exif\0\0${order}`),
    numbers([2, 42], [4, 8], [2, 1], [2, 0x0112], [2, 3], [4, 1], [2, orientation], [2, 0], [4, 0]),
    bytesOf(SECRET),
  ]);
}

/** The JPEG as a telephone writes it. */
export const telephoneJpeg = (jpeg: Uint8Array = JPEG, told = exif(6)) =>
  join([
    jpeg.subarray(0, 20),
    segment(0xe1, told),
    segment(0xe1, bytesOf(`http://ns.adobe.com/xap/1.0/\0${SECRET}`)),
    segment(0xe2, join([bytesOf('ICC_PROFILE\0'), [1, 1], bytesOf('colours')])),
    segment(0xe2, bytesOf(`MPF\0${SECRET}`)),
    segment(0xed, bytesOf(`Photoshop 3.0\0${SECRET}`)),
    segment(0xfe, bytesOf(SECRET)),
    jpeg.subarray(20),
    bytesOf(SECRET),
  ]);

const chunk = (type: string, content: Uint8Array = new Uint8Array()) => {
  const told = join([bytesOf(type), content]);
  return join([uint32(content.length), told, uint32(crc32(told))]);
};

/** A grey PNG of this size with everything that a PNG can say besides. */
export const png = (width = 8, height = 6) =>
  join([
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    chunk('IHDR', join([uint32(width), uint32(height), [8, 0, 0, 0, 0]])),
    chunk('tEXt', bytesOf(`Author\0${SECRET}`)),
    chunk('iTXt', bytesOf(`XML:com.adobe.xmp\0\0\0\0\0${SECRET}`)),
    chunk('eXIf', exif(6).slice(6)),
    chunk('tIME', new Uint8Array(7)),
    chunk('gAMA', new Uint8Array([0, 0, 0xb1, 0x8f])),
    chunk('prVt', bytesOf(SECRET)),
    chunk('IDAT', deflateSync(new Uint8Array(Math.min(height, 100) * (Math.min(width, 100) + 1)))),
    chunk('IEND'),
    bytesOf(SECRET),
  ]);

const riffChunk = (type: string, content: Uint8Array) =>
  join([bytesOf(type), uint32le(content.length), content, content.length % 2 === 0 ? [] : [0]]);

/** The WebP in the extended form, with Exif and XMP. */
export function extendedWebp(webp: Uint8Array = WEBP): Uint8Array<ArrayBuffer> {
  const body = join([
    riffChunk('VP8X', new Uint8Array([0x0c, 0, 0, 0, 7, 0, 0, 5, 0, 0])),
    webp.subarray(12),
    riffChunk('EXIF', exif(6)),
    riffChunk('XMP ', bytesOf(SECRET)),
    riffChunk('ODD ', bytesOf(`${SECRET}!`)),
  ]);
  return join([bytesOf('RIFF'), uint32le(body.length + 4), bytesOf('WEBP'), body, bytesOf(SECRET)]);
}
