import { describe, expect, test } from 'bun:test';
import { cleanJpeg } from '../../src/files/jpeg.ts';
import { cleanPng } from '../../src/files/png.ts';
import { cleanWebp } from '../../src/files/webp.ts';
import {
  exif,
  extendedWebp,
  JPEG,
  LOSSLESS_WEBP,
  png,
  PROGRESSIVE_JPEG,
  SECRET,
  telephoneJpeg,
  WEBP,
} from './pictures.ts';

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('latin1');
const pieces = SECRET.split(' ').filter((word) => word.length > 3);

const FORMATS = {
  JPEG: { clean: cleanJpeg, whole: telephoneJpeg() },
  'progressive JPEG': { clean: cleanJpeg, whole: telephoneJpeg(PROGRESSIVE_JPEG) },
  PNG: { clean: cleanPng, whole: png() },
  WebP: { clean: cleanWebp, whole: extendedWebp() },
  'lossless WebP': { clean: cleanWebp, whole: extendedWebp(LOSSLESS_WEBP) },
};

describe.each(Object.entries(FORMATS))('a %s', (_, { clean, whole }) => {
  test('says its size, and nothing of who took it, where and when', () => {
    expect(text(whole)).toContain(SECRET);
    const image = clean(whole);
    expect(image).toMatchObject({ width: 8, height: 6 });
    for (const piece of pieces) expect(text(image?.bytes)).not.toContain(piece);
    expect(text(image?.bytes)).not.toMatch(/tEXt|iTXt|tIME|prVt|XMP|adobe|Photoshop|MPF/i);
  });

  test('is taken as it is the second time', () => {
    const image = clean(whole);
    expect(clean(image?.bytes ?? new Uint8Array())).toEqual(image);
  });

  test('is none when any of its end is missing, or it is of another format', () => {
    const { bytes = new Uint8Array() } = clean(whole) ?? {};
    for (let end = 0; end < bytes.length; end++)
      expect([end, clean(bytes.slice(0, end))]).toEqual([end, null]);
    const others = Object.values(FORMATS).filter((one) => one.clean !== clean);
    for (const other of others) expect(clean(other.whole)).toBeNull();
    for (const no of ['', 'GIF89a', '<svg xmlns="http://www.w3.org/2000/svg"/>', '%PDF-1.7'])
      expect(clean(new TextEncoder().encode(no))).toBeNull();
  });

  test('with any byte changed is refused or cleaned, never an error', () => {
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 0x7f, 0xff]) {
        const changed = whole.slice();
        changed[at] = value;
        expect(() => clean(changed)).not.toThrow();
      }
    }
  });
});

describe('a JPEG', () => {
  test('keeps its pixels and colours byte by byte', () => {
    const plain = cleanJpeg(JPEG);
    expect(plain?.bytes).toEqual(JPEG);
    expect(text(cleanJpeg(telephoneJpeg())?.bytes)).toContain('ICC_PROFILE\0\x01\x01colours');
    expect(text(cleanJpeg(telephoneJpeg())?.bytes).endsWith(text(JPEG.slice(20)))).toBe(true);
  });

  test('stays turned as it was', () => {
    for (const order of ['MM', 'II'] as const) {
      const bytes = cleanJpeg(telephoneJpeg(JPEG, exif(6, order)))?.bytes ?? new Uint8Array();
      const told = text(bytes).slice(text(bytes).indexOf('Exif'));
      expect(told.slice(0, 32)).toBe(
        'Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0',
      );
    }
    for (const none of [1, 0, 9]) {
      expect(text(cleanJpeg(telephoneJpeg(JPEG, exif(none)))?.bytes)).not.toContain('Exif');
    }
  });

  test('loses the preview that JFIF can carry', () => {
    const preview = Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01abc', 'latin1');
    const whole = Uint8Array.from([
      0xff,
      0xd8,
      0xff,
      0xe0,
      0,
      preview.length + 2,
      ...preview,
      ...JPEG.slice(20),
    ]);
    expect(text(cleanJpeg(whole)?.bytes)).not.toContain('abc');
  });
});

test('a PNG with a wrong checksum is none', () => {
  const broken = png();
  broken[18] = 9;
  expect(cleanPng(broken)).toBeNull();
});

test('a WebP keeps no flags of what it has no more, and an animation is none', () => {
  const { bytes = new Uint8Array() } = cleanWebp(extendedWebp()) ?? {};
  expect(bytes[20]).toBe(0);
  expect(new DataView(bytes.buffer).getUint32(4, true)).toBe(bytes.length - 8);
  expect(cleanWebp(WEBP)?.bytes).toEqual(WEBP);
  const animated = Uint8Array.from(Buffer.from(text(WEBP).replace('VP8 ', 'ANMF'), 'latin1'));
  expect(cleanWebp(animated)).toBeNull();
});
