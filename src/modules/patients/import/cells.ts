import type { ImportedField } from './columns.ts';
import type { Cell } from './row.ts';

/** A cell as text: a day as YYYY-MM-DD (a spreadsheet's date has no zone). */
export const textOf = (cell: Cell): string =>
  (cell instanceof Date ? dayOf(cell) : String(cell ?? '')).trim();

const dayOf = (date: Date): string => (Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10));

const SEXES: Record<string, string> = {
  masculino: 'M',
  hombre: 'M',
  varon: 'M',
  varón: 'M',
  femenino: 'F',
  mujer: 'F',
  otro: 'O',
};

const DAY_FIRST = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;

/** DD/MM/YYYY, as people in Peru write a day, as YYYY-MM-DD; anything else as it is. */
const isoDay = (text: string): string =>
  text.replace(
    DAY_FIRST,
    (_, day: string, month: string, year: string) =>
      `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
  );

const code = (text: string): string | number => (/^\d{1,9}$/.test(text) ? Number(text) : text);

/** How the words of a column become the API's values. */
const READERS: Partial<Record<ImportedField, (text: string) => string | number>> = {
  birth_date: isoDay,
  sex: (text) => SEXES[text.toLowerCase()] ?? text.toUpperCase(),
  blood_type: (text) => text.toUpperCase().replace(/\s/g, '').replace(/^0/, 'O'),
  region_id: code,
  province_id: code,
  district_id: code,
};

const DNI_DIGITS = 8;

/** A row as the API would get it in a body; empty cells are left out. */
export function inputOf(
  cells: readonly Cell[],
  fields: readonly (ImportedField | null)[],
): Record<string, string | number> {
  const input: Record<string, string | number> = {};
  for (const [index, field] of fields.entries()) {
    const cell = cells[index] ?? null;
    const text = textOf(cell);
    if (field !== null && text !== '') input[field] = READERS[field]?.(text) ?? text;
    // A number cannot begin with zeros, a DNI can.
    const lostZeros = field === 'document_number' && typeof cell === 'number';
    if (lostZeros) input[field] = text.padStart(DNI_DIGITS, '0');
  }
  return input;
}
