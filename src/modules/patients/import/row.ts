/** What a file may hold at most. */
export const MAX_ROWS = 50_000;
export const MAX_COLUMNS = 64;

export type Cell = string | number | boolean | Date | null;

/** A row with its number as a spreadsheet shows it: the first is 1. */
export type Row = { number: number; cells: Cell[] };
