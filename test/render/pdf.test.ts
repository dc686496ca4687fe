import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { jsPDF } from 'jspdf';
import { expect, test } from 'bun:test';
import type { Document } from '../../src/render/document.ts';
import { renderPdf } from '../../src/render/pdf.ts';
import { pdfText } from '../pdf.ts';

/** A report of one table with these texts. */
function reportOf(texts: readonly string[]): Document {
  const columns = [{ label: 'Nombre', type: 'text', width: 40, align: 'left' }] as const;
  const rows = texts.map((text) => [text]);
  return {
    language: 'es',
    currency: 'PEN',
    company: ['Clínica'],
    title: 'Nombres',
    facts: [],
    logo: null,
    tables: [{ title: 'Lista', columns, rows, totals: null }],
  };
}

type Font = {
  cmap: { unicode: { codeMap: Record<number, number> } };
  glyf: { glyphFor: (glyph: number) => { raw: { data: number[] } } | null };
};
const { TTFFont } = jsPDF.API as unknown as { TTFFont: new (file: Uint8Array) => Font };
const fontFile = (name: string) =>
  readFileSync(new URL(import.meta.resolve(`@expo-google-fonts/noto-sans/${name}`)));

/** The fonts that a PDF carries, as files. */
function fontsIn(pdf: Uint8Array): Uint8Array[] {
  const text = Buffer.from(pdf).toString('latin1');
  return [...text.matchAll(/\/Length (\d+)\n\/Length1 \d+\n\/Filter \/FlateDecode\n>>\nstream\n/g)]
    .map(({ 0: head, 1: length, index }) =>
      pdf.subarray(index + head.length, index + head.length + Number(length)),
    )
    .map((packed) => new Uint8Array(inflateSync(packed)))
    .filter((file) => file[0] === 0 && file[1] === 1);
}

const WHOLE = new TTFFont(fontFile('400Regular/NotoSans_400Regular.ttf'));

// One after the other, as a thread renders them: what is kept of one must not spoil the next.
test.each([['José Ñandú'], ['Łukasz Őrsi'], ['Иван Παπαδοπούλου'], ['Łukasz Őrsi'], ['Ana']])(
  'a PDF carries the outlines of its letters: %s',
  (name) => {
    const [regular, bold, ...others] = fontsIn(renderPdf(reportOf([name]), 'a4'));
    expect([others, bold?.length]).toEqual([[], expect.any(Number)]);
    const carried = new TTFFont(regular ?? new Uint8Array());
    for (const letter of name.replaceAll(' ', '')) {
      const glyph = WHOLE.cmap.unicode.codeMap[letter.charCodeAt(0)] ?? 0;
      expect(glyph).toBeGreaterThan(0);
      const outline = WHOLE.glyf.glyphFor(glyph)?.raw.data;
      expect([letter, carried.glyf.glyphFor(glyph)?.raw.data]).toEqual([letter, outline]);
    }
  },
);

test('a text that is too wide goes on in the next line, whole', async () => {
  const words = Array.from({ length: 60 }, (_, n) => `palabra${n}`).join(' ');
  const text = await pdfText(renderPdf(reportOf([words, 'uno\ndos']), 'letter'));
  for (const word of words.split(' ')) expect(text).toMatch(new RegExp(`\\b${word}\\b`));
  expect(text).toMatch(/uno *\n *dos/);
  for (const line of text.split('\n')) expect(line.trim().length).toBeLessThan(70);
});

test('a letter that the fonts do not have is a question mark, and the rest is there', async () => {
  const text = await pdfText(renderPdf(reportOf(['漢字 y שלום y 😀.']), 'a4'));
  expect(text).toContain('?? y ???? y ?.');
});
