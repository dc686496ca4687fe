import { deflateSync } from 'node:zlib';
import { jsPDF, type jsPDFOptions } from 'jspdf';
import { fontOf, loadFace, type ParsedFont, type PdfFont, type Style, STYLES } from './fonts.ts';

/** The name of the letters that every PDF has, in the styles `normal` and `bold`. */
export const FONT = 'NotoSans';

/** A PDF in our letters; jsPDF is made ready for them when a thread makes its first. */
export function newPdf(options: jsPDFOptions): jsPDF {
  if (!isReady) makeReady(jsPDF.API as unknown as Api);
  isReady = true;
  const pdf = new jsPDF({ ...options, unit: 'mm', compress: true, putOnlyUsedFonts: true });
  for (const style of STYLES) {
    pdf.addFileToVFS(style, btoa(style));
    pdf.addFont(style, FONT, style);
  }
  keepAtHand(pdf);
  return pdf.setFont(FONT, 'normal');
}

/** The parts of jsPDF that its own plugins are made of. */
type Api = {
  TTFFont: { open: (file: Uint8Array) => ParsedFont | PdfFont };
  events: [topic: string, handler: (payload: Text) => void][];
  processArabic: unknown;
  processDataByFilters: Filter;
};
type Filter = (data: string, filters: readonly string[]) => { data: string; reverseChain: string };

type Line = string | [text: string, x: number, y: number];
type Text = {
  text: Line[];
  mutex: { fonts: Record<string, { metadata: PdfFont }>; activeFontKey: string; isHex?: boolean };
};

let isReady = false;

/**
 * Puts in the place of jsPDF's plugins what does the same for our letters several times as fast: fonts are parsed once
 * and not for every PDF, nothing looks for letters from right to left, which the fonts do not have, and zlib is the
 * system's.
 */
function makeReady(api: Api): void {
  const parse = api.TTFFont.open as (file: Uint8Array) => ParsedFont;
  const faces = { normal: loadFace('normal', parse), bold: loadFace('bold', parse) };
  // The "file" is the name of the style, see above.
  api.TTFFont.open = (file) => fontOf(faces[new TextDecoder().decode(file) as Style]);
  const replaced = ['preProcessText', 'postProcessText'];
  api.events = [
    ...api.events.filter(([topic]) => !replaced.includes(topic)),
    ['postProcessText', writeInGlyphs],
  ];
  api.processArabic = undefined;
  const { processDataByFilters: filter } = api;
  api.processDataByFilters = (data, filters) =>
    filters.join() === 'FlateEncode' ? deflated(data) : filter(data, filters);
}

const deflated = (data: string): ReturnType<Filter> => ({
  data: deflateSync(Buffer.from(data, 'latin1')).toString('latin1'),
  reverseChain: '/FlateDecode',
});

function writeInGlyphs(payload: Text): void {
  const { fonts, activeFontKey } = payload.mutex;
  const font = fonts[activeFontKey]?.metadata;
  if (!font) return;
  payload.text = payload.text.map((line) =>
    typeof line === 'string' ? font.inGlyphs(line) : [font.inGlyphs(line[0]), line[1], line[2]],
  );
  payload.mutex.isHex = true;
}

/** Answers at once what autoTable asks for every cell, and jsPDF would look up by name or measure letter by letter. */
function keepAtHand(pdf: jsPDF): void {
  const known = pdf.getFontList();
  pdf.getFontList = () => known;

  const choose = pdf.setFont.bind(pdf);
  const entries = Object.fromEntries(STYLES.map((style) => [style, choose(FONT, style).getFont()]));
  let current: string = 'bold';
  pdf.setFont = (_, style = current) => {
    if (style !== current) choose(FONT, (current = style));
    return pdf;
  };
  const getFont = () => entries[current];
  Object.assign(pdf, { getFont });
  Object.assign(pdf.internal, { getFont });

  const split = pdf.splitTextToSize.bind(pdf) as Split;
  const splitTextToSize: Split = (text, size, options) => {
    const lines = typeof text === 'string' ? text.split(/\r?\n/) : text;
    const room = (size * pdf.internal.scaleFactor) / (options?.fontSize ?? pdf.getFontSize());
    return lines.every((line) => pdf.getStringUnitWidth(line) <= room) ? lines : split(lines, size, options);
  };
  Object.assign(pdf, { splitTextToSize });
}

/** autoTable passes lines. */
type Split = (
  text: string | readonly string[],
  size: number,
  options?: { fontSize?: number },
) => readonly string[];

/** The text with a question mark for every letter that the fonts do not have: a PDF would show nothing. */
export function printable(pdf: jsPDF, text: string): string {
  const { metadata } = pdf.getFont() as unknown as { metadata: PdfFont };
  let shown = '';
  for (const letter of text.replaceAll('\t', ' ')) {
    const code = letter.codePointAt(0) ?? 0;
    const isThere = letter === '\n' || (code <= 0xffff && metadata.characterToGlyph(code) !== 0);
    shown += isThere ? letter : '?';
  }
  return shown;
}
