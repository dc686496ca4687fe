import type { Cell, CellType, Heading, Table } from './document.ts';
import { harmless } from './harmless.ts';

/** What a spreadsheet's number formats are in its own language, whatever that of the reader. */
export const NUMBER_FORMATS: Partial<Record<CellType, string>> = {
  int: '#,##0',
  money: '#,##0.00',
  percent: '0.00"%"',
  date: 'dd/mm/yyyy',
  time: 'hh:mm',
  datetime: 'dd/mm/yyyy hh:mm',
};

/** The longest text that a cell can hold. */
const LONGEST = 32_767;
const MINUTES_OF_DAY = 1_440;
const MS_OF_DAY = 86_400_000;
/** Day 0 of a spreadsheet's calendar. */
const EPOCH = Date.UTC(1899, 11, 30);

/** A cell's value as a spreadsheet keeps it: days and times are numbers of days since 1899-12-30. */
export function valueOf(cell: Cell, type: CellType): string | number | null {
  if (cell === null || cell === '') return null;
  if (type === 'text') return harmless(String(cell)).slice(0, LONGEST);
  if (type === 'date') return daysSince(`${cell}`);
  if (type === 'time') return minutesOf(`${cell}`) / MINUTES_OF_DAY;
  if (type === 'datetime') return daysSince(`${cell}`) + minutesOf(`${cell}`.slice(11)) / MINUTES_OF_DAY;
  return Number(cell);
}

const daysSince = (day: string): number => (Date.parse(day.slice(0, 10)) - EPOCH) / MS_OF_DAY;
const minutesOf = (time: string): number => 60 * Number(time.slice(0, 2)) + Number(time.slice(3, 5));

/** A row under the list: its sums, with the word for it where the first column has none. */
export function totalsOf(
  { totals, columns }: Pick<Table, 'totals' | 'columns'>,
  language: Heading['language'],
): Cell[] | null {
  if (!totals) return null;
  const [first, ...others] = totals;
  const isFree = columns[0]?.type === 'text' && (first ?? null) === null;
  return [isFree ? { es: 'TOTAL', en: 'TOTAL' }[language] : (first ?? null), ...others];
}

/** What the file says around its tables, as a sheet of two columns. */
export const headingRows = ({ company, title, facts }: Heading): [string, string][] => [
  [title, ''],
  ...company.map((line): [string, string] => [line, '']),
  ...facts.map(([label, value]): [string, string] => [label, value]),
];

export const HEADING_SHEET = { es: 'Información', en: 'About' };

/** A name for a sheet that every spreadsheet takes, and that no other sheet has. */
export function sheetName(title: string, taken: readonly string[]): string {
  const name =
    title
      .replaceAll(/[:\\/?*[\]]/g, ' ')
      .trim()
      .slice(0, 28) || 'Hoja';
  return taken.includes(name) ? `${name} ${taken.length + 1}` : name;
}
