import type { jsPDF } from 'jspdf';
import { autoTable } from 'jspdf-autotable';
import type { Cell, CellType, Document, Table } from './document.ts';
import { FONT, newPdf, printable } from './new-pdf.ts';
import { currencySign, inWords } from './words.ts';

/** Millimetres. */
const MARGIN = 14;
const BOTTOM = 16;
const LOGO = { width: 34, height: 18 };

const INK = 33;
const GREY = 110;
const ACCENT: [number, number, number] = [15, 76, 92];
const STRIPE: [number, number, number] = [244, 247, 248];

/** Wider tables than this many characters go on paper that lies on its side. */
const PORTRAIT = 110;

/** Millimetres that a column has at most for each character, so that a small table stays small. */
const ROOMY = 2.3;

/** Millimetres of a table's title and heading, and of a row. */
const TITLE = 14;
const ROW = 5.6;
/** Tables of no more rows than this are not torn apart. */
const SHORT = 12;

const TEXTS = {
  es: { page: 'Página', of: 'de', total: 'TOTAL', none: 'Sin registros.', locale: 'es' },
  en: { page: 'Page', of: 'of', total: 'TOTAL', none: 'No records.', locale: 'en-US' },
} as const;

/** A PDF: letterhead, title and what was asked for, then the tables, with the heading and the page on every page. */
export function renderPdf(document: Document, paper: 'a4' | 'letter'): Uint8Array {
  const widest = Math.max(...document.tables.map(widthOf));
  const orientation = widest > PORTRAIT ? 'landscape' : 'portrait';
  const pdf = newPdf({ format: paper, orientation });
  pdf.setLanguage(TEXTS[document.language].locale);
  pdf.setProperties({
    title: document.title,
    author: document.company[0] ?? '',
    creator: document.company[0] ?? '',
  });
  let y = drawHeading(pdf, document);
  for (const table of document.tables) y = drawTable(pdf, table, document, y);
  drawEdges(pdf, document);
  return new Uint8Array(pdf.output('arraybuffer'));
}

const widthOf = ({ columns }: Table): number => columns.reduce((sum, { width }) => sum + width, 0);

const pageWidth = (pdf: jsPDF) => pdf.internal.pageSize.getWidth();
const pageHeight = (pdf: jsPDF) => pdf.internal.pageSize.getHeight();

/** Returns where the tables may begin. */
function drawHeading(pdf: jsPDF, { logo, company, title, facts }: Document): number {
  const right = pageWidth(pdf) - MARGIN;
  let left = MARGIN;
  let y = MARGIN;
  if (logo) left += drawLogo(pdf, logo) + 5;
  const [name = '', ...address] = company;
  y = write(pdf, name, { x: left, y: y + 4, size: 12, style: 'bold', width: right - left });
  for (const line of address)
    y = write(pdf, line, { x: left, y: y + 0.4, size: 8, grey: GREY, width: right - left });
  y = Math.max(y, logo ? MARGIN + LOGO.height : 0) + 2;
  pdf
    .setDrawColor(...ACCENT)
    .setLineWidth(0.5)
    .line(MARGIN, y, right, y);
  y = write(pdf, title, { x: MARGIN, y: y + 8, size: 15, style: 'bold', width: right - MARGIN });
  for (const [label, value] of facts) {
    const start = pdf.setFont(FONT, 'bold').setFontSize(8.5).getTextWidth(`${label}: `);
    write(pdf, `${label}:`, { x: MARGIN, y, size: 8.5, style: 'bold', width: start + 1 });
    y = write(pdf, value, { x: MARGIN + start, y, size: 8.5, width: right - MARGIN - start });
  }
  return y + 1;
}

/** Returns the width that it takes. */
function drawLogo(pdf: jsPDF, { kind, bytes }: NonNullable<Document['logo']>): number {
  const format = kind === 'png' ? 'PNG' : 'JPEG';
  const { width, height } = pdf.getImageProperties(bytes);
  const scale = Math.min(LOGO.width / width, LOGO.height / height);
  pdf.addImage(bytes, format, MARGIN, MARGIN, width * scale, height * scale, undefined, 'FAST');
  return width * scale;
}

type Written = {
  x: number;
  y: number;
  size: number;
  width: number;
  style?: 'normal' | 'bold';
  grey?: number;
};

/** Returns where the next line may stand. */
function write(
  pdf: jsPDF,
  text: string,
  { x, y, size, width, style = 'normal', grey = INK }: Written,
): number {
  pdf.setFont(FONT, style).setFontSize(size).setTextColor(grey);
  const lines: string[] = pdf.splitTextToSize(printable(pdf, text), width);
  pdf.text(lines, x, y);
  return y + lines.length * size * 0.3528 * 1.2;
}

/** Points: a character of a column takes about half the letter's height. */
const fontSizeFor = (millimetres: number): number => Math.max(5.5, Math.min(8, millimetres * 4.7));

/** Returns where the next table may begin. */
function drawTable(pdf: jsPDF, table: Table, { language, currency }: Document, from: number): number {
  const texts = TEXTS[language];
  const { title, columns, rows, totals } = table;
  const sign = currencySign(currency);
  const full = pageWidth(pdf) - 2 * MARGIN;
  // A small table keeps its size; a wide one is fitted to the page.
  const millimetres = Math.min(full / widthOf(table), ROOMY);
  const width = widthOf(table) * millimetres;
  const together = rows.length > SHORT ? 2 : rows.length + 2;
  const needsPage = from + TITLE + together * ROW > pageHeight(pdf) - BOTTOM;
  if (needsPage) pdf.addPage();
  const y = write(pdf, title, {
    x: MARGIN,
    y: needsPage ? MARGIN + 6 : from + 5,
    size: 10.5,
    style: 'bold',
    width: full,
  });
  const shown = (cell: Cell, type: CellType) => printable(pdf, inWords(cell, type));
  const total = (index: number): string => {
    const value = totals?.[index] ?? null;
    const type = columns[index]?.type ?? 'text';
    if (value === null) return index === 0 ? texts.total : '';
    return type === 'money' ? `${sign}\u00A0${inWords(value, type)}` : inWords(value, type);
  };
  autoTable(pdf, {
    startY: y - 1.5,
    margin: { top: MARGIN + 4, bottom: BOTTOM, left: MARGIN, right: MARGIN },
    tableWidth: width,
    head: [columns.map(({ label, type }) => (type === 'money' ? `${label} (${sign})` : label))],
    body:
      rows.length > 0
        ? rows.map((row) => columns.map(({ type }, index) => shown(row[index] ?? null, type)))
        : [[{ content: texts.none, colSpan: columns.length, styles: { halign: 'center', textColor: GREY } }]],
    ...(totals && rows.length > 0 ? { foot: [columns.map((_, index) => total(index))] } : {}),
    showHead: 'everyPage',
    showFoot: 'lastPage',
    rowPageBreak: 'avoid',
    theme: 'plain',
    styles: {
      font: FONT,
      fontSize: fontSizeFor(millimetres),
      cellPadding: { top: 1.1, bottom: 1.1, left: 1.4, right: 1.4 },
      overflow: 'linebreak',
      valign: 'top',
      textColor: INK,
    },
    headStyles: { font: FONT, fontStyle: 'bold', fillColor: ACCENT, textColor: 255, valign: 'middle' },
    footStyles: { font: FONT, fontStyle: 'bold', lineColor: ACCENT, lineWidth: { top: 0.4 } },
    columnStyles: Object.fromEntries(
      columns.map(({ width }, index) => [index, { cellWidth: width * millimetres }]),
    ),
    willDrawCell: ({ column, row, cell, section }) => {
      const isStriped = section === 'body' && row.index % 2 === 1 && column.index === 0;
      if (isStriped) pdf.setFillColor(...STRIPE).rect(cell.x, cell.y, width, row.height, 'F');
    },
    didParseCell: ({ cell, column, row }) => {
      const { align } = columns[column.index] ?? {};
      if (align && row.cells[0]?.colSpan !== columns.length) cell.styles.halign = align;
    },
  });
  const { finalY } = (pdf as unknown as { lastAutoTable: { finalY: number } }).lastAutoTable;
  return finalY + 6;
}

/** What stands at the top of the pages after the first, and at the bottom of all. */
function drawEdges(pdf: jsPDF, { language, title, company, facts }: Document): void {
  const { page, of } = TEXTS[language];
  const pages = pdf.getNumberOfPages();
  const right = pageWidth(pdf) - MARGIN;
  const bottom = pageHeight(pdf) - 8;
  const head = [company[0], title, facts[0]?.[1]].filter(Boolean).join('  ·  ');
  const made = facts
    .slice(-2)
    .map(([label, value]) => `${label}: ${value}`)
    .join('  ·  ');
  for (let number = 1; number <= pages; number++) {
    pdf.setPage(number).setFont(FONT, 'normal').setFontSize(7.5).setTextColor(GREY);
    if (number > 1) pdf.text(printable(pdf, head), MARGIN, MARGIN - 2);
    pdf
      .setDrawColor(200)
      .setLineWidth(0.2)
      .line(MARGIN, bottom - 4, right, bottom - 4);
    pdf.text(printable(pdf, made), MARGIN, bottom);
    pdf.text(`${page} ${number} ${of} ${pages}`, right, bottom, { align: 'right' });
  }
}
