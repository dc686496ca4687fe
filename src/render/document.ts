import type { Language } from '../errors.ts';

/** What a column holds; tells how a file shows it and to which side it is set. */
export const CELL_TYPES = ['text', 'int', 'money', 'percent', 'date', 'time', 'datetime'] as const;
export type CellType = (typeof CELL_TYPES)[number];

/**
 * A value as it travels: `money` a decimal string, `percent` a number of 0 to 100, `date` YYYY-MM-DD, `time` HH:MM,
 * `datetime` ISO 8601 with the clinic's offset.
 */
export type Cell = string | number | null;

/** Plain data, as it goes to the threads that render; texts are in the reader's language. */
export type Column = {
  label: string;
  type: CellType;
  /** About how many characters wide. */
  width: number;
  align: 'left' | 'right' | 'center';
};

/** A part of a document: a sheet of a workbook, a heading with a table on paper. */
export type Table = {
  title: string;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  /** Under the columns that have a total. */
  totals: readonly Cell[] | null;
};

/** Everything that a file says around its tables. */
export type Heading = {
  language: Language;
  /** ISO 4217. */
  currency: string;
  company: readonly string[];
  title: string;
  /** What was asked for, who asked and when, as label and value. */
  facts: readonly (readonly [label: string, value: string])[];
};

export type Picture = { kind: 'png' | 'jpg'; bytes: Uint8Array };

/** A whole file's content. */
export type Document = Heading & { logo: Picture | null; tables: readonly Table[] };
