import { readFileSync } from 'node:fs';

/** Latin, Greek and Cyrillic letters with all their marks; the fonts of PDF itself have no ő or Ł. */
const FILES = {
  normal: '400Regular/NotoSans_400Regular.ttf',
  bold: '700Bold/NotoSans_700Bold.ttf',
};
export type Style = keyof typeof FILES;
export const STYLES: readonly Style[] = ['normal', 'bold'];

/** What jsPDF's parser makes of a font's file. */
export type ParsedFont = {
  head: { unitsPerEm: number };
  cmap: { unicode: { codeMap: Record<number, number> } };
  hmtx: { forGlyph: (glyph: number) => { advance: number } };
  subset: { encode: (glyphs: readonly number[], offsets: typeof LONG_OFFSETS) => readonly number[] };
};

/** How a font's file says where its glyphs are: in 32 bits. */
const LONG_OFFSETS = 1;

/** A font as it is for all PDFs of a thread. */
export type Face = {
  parsed: ParsedFont;
  /** By the letters' codes (UTF-16); 0 is a letter that the font does not have. */
  glyphs: Uint16Array;
  /** By the letters' codes, in thousandths of their size. */
  advances: Float64Array;
  /** The font's file with some glyphs and those of the usual letters. */
  subset: (glyphs: readonly number[]) => readonly number[];
};

/** Reads a font's file and has `parse` read its tables. */
export function loadFace(style: Style, parse: (file: Uint8Array) => ParsedFont): Face {
  const path = import.meta.resolve(`@expo-google-fonts/noto-sans/${FILES[style]}`);
  const parsed = parse(readFileSync(new URL(path)));
  const glyphs = new Uint16Array(0x10000);
  const advances = new Float64Array(0x10000);
  for (const [letter, glyph] of Object.entries(parsed.cmap.unicode.codeMap)) {
    glyphs[Number(letter)] = glyph;
    advances[Number(letter)] = advanceOf(parsed, glyph);
  }
  return { parsed, glyphs, advances, subset: keptSubsets(parsed, glyphs) };
}

const advanceOf = ({ hmtx, head }: ParsedFont, glyph: number): number =>
  (hmtx.forGlyph(glyph).advance * 1_000) / head.unitsPerEm;

const codes = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
/** Those of Spanish and its neighbours: with them in every PDF, most PDFs have one and the same subset. */
const USUAL = [...codes(0x20, 0x7e), ...codes(0xa0, 0xff)];
/** Of about 100 kB each. */
const KEPT = 20;

function keptSubsets({ subset }: ParsedFont, glyphs: Uint16Array): Face['subset'] {
  const usual = new Set([0, ...USUAL.map((code) => glyphs[code] ?? 0)]);
  const made = new Map<string, readonly number[]>();
  return (used) => {
    const others = used.filter((glyph) => !usual.has(glyph)).toSorted((a, b) => a - b);
    const key = others.join();
    let file = made.get(key);
    if (!file) {
      if (made.size === KEPT) made.clear();
      made.set(key, (file = subset.encode([...usual, ...others], LONG_OFFSETS)));
    }
    return file;
  };
}

/** A font in one PDF, as jsPDF asks for it and notes in it what the PDF needs. */
export type PdfFont = {
  subset: { encode: Face['subset'] };
  glyIdsUsed: number[];
  toUnicode: Record<number, number>;
  /** `widths` holds glyphs, each followed by its width. */
  Unicode: { widths: (number | [number])[]; encoding: object; kerning: object };
  characterToGlyph: (code: number) => number;
  widthOfGlyph: (glyph: number) => number;
  widthOfString: (text: string, size: number) => number;
  /** The text as the PDF has it: its glyphs in hexadecimal. */
  inGlyphs: (text: string) => string;
};

/** The font for one PDF; what jsPDF asks of every letter is looked up by the letter's code. */
export function fontOf({ parsed, glyphs, advances, subset }: Face): PdfFont {
  const written: (string | undefined)[] = [];
  const tables = Object.assign(Object.create(Object.getPrototypeOf(parsed) as object) as ParsedFont, parsed);
  const font: PdfFont = Object.assign(tables, {
    subset: { encode: subset },
    glyIdsUsed: [],
    toUnicode: {},
    Unicode: { widths: [], encoding: {}, kerning: {} },
    characterToGlyph: (code: number) => glyphs[code] ?? 0,
    widthOfGlyph: (glyph: number) => advanceOf(parsed, glyph),
    widthOfString: (text: string, size: number) => {
      let width = 0;
      for (let i = 0; i < text.length; i++) width += advances[text.charCodeAt(i)] ?? 0;
      return (width * size) / 1_000;
    },
    inGlyphs: (text: string) => {
      let hex = '';
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        hex += written[code] ??= noted(code);
      }
      return hex;
    },
  });
  function noted(code: number): string {
    const glyph = font.characterToGlyph(code);
    font.glyIdsUsed.push(glyph);
    font.toUnicode[glyph] = code;
    font.Unicode.widths.push(glyph, [Math.trunc(font.widthOfGlyph(glyph))]);
    return glyph.toString(16).padStart(4, '0');
  }
  return font;
}
