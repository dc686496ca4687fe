import { readFileSync } from 'node:fs';
import { jsPDF } from 'jspdf';

/** Latin, Greek and Cyrillic letters with all their marks; the fonts of PDF itself have no ő or Ł. */
export const FONT = 'NotoSans';

/** The text of bytes that jsPDF takes for a font. */
const file = (path: string) =>
  readFileSync(new URL(import.meta.resolve(`@expo-google-fonts/noto-sans/${path}`)), 'latin1');

/** What jsPDF makes of a font's file: tables that no file changes, and what one file uses of them. */
type ParsedFont = {
  toUnicode: Record<number, number>;
  characterToGlyph: (code: number) => number;
};
type Fonts = { TTFFont: { open: (bytes: Uint8Array) => ParsedFont } };

type Face = { name: string; style: 'normal' | 'bold'; data: string };
let faces: Face[] | undefined;

function loadFaces(): Face[] {
  const { TTFFont } = jsPDF.API as unknown as Fonts;
  const parse = TTFFont.open;
  const parsed = new Map<number | bigint, ParsedFont>();
  // Every new PDF would parse the fonts again, which takes longer than a page of rows.
  TTFFont.open = (bytes) => {
    const key = Bun.hash(bytes);
    const font = parsed.get(key) ?? parse(bytes);
    parsed.set(key, font);
    const prototype = Object.getPrototypeOf(font) as object;
    return Object.assign(Object.create(prototype) as ParsedFont, font, { toUnicode: {} });
  };
  return [
    { name: 'regular.ttf', style: 'normal', data: file('400Regular/NotoSans_400Regular.ttf') },
    { name: 'bold.ttf', style: 'bold', data: file('700Bold/NotoSans_700Bold.ttf') },
  ];
}

/** A sign for letters that the font does not have: jsPDF would leave out the rest of the text. */
const UNKNOWN = '\u25A1';

/** The text with a sign for every letter that the fonts of the PDF do not have. */
export function printable(pdf: jsPDF, text: string): string {
  const { metadata } = pdf.getFont() as unknown as { metadata: ParsedFont };
  let shown = '';
  for (const letter of text.replaceAll('\t', ' ')) {
    const code = letter.codePointAt(0) ?? 0;
    const isThere = letter === '\n' || (code <= 0xffff && metadata.characterToGlyph(code) !== 0);
    shown += isThere ? letter : unknownSign(metadata);
  }
  return shown;
}

const unknownSign = (font: ParsedFont): string =>
  font.characterToGlyph(UNKNOWN.charCodeAt(0)) === 0 ? '?' : UNKNOWN;

/** Gives the fonts to a PDF; they are read and parsed once per thread. */
export function useFonts(pdf: jsPDF): void {
  faces ??= loadFaces();
  for (const { name, style, data } of faces) {
    pdf.addFileToVFS(name, data);
    pdf.addFont(name, FONT, style);
  }
  pdf.setFont(FONT, 'normal');
}
