import type { Cell, Table } from '../../render/document.ts';
import type { Opened } from './define.ts';

/** The whole report as a document's tables; `onRows` hears how many rows of the list have been read. */
export async function allTables(
  { details, summaries }: Opened,
  onRows: (read: number) => void | Promise<void> = () => undefined,
): Promise<Table[]> {
  const rows: (readonly Cell[])[] = [];
  for await (const batch of details.batches()) {
    for (const row of batch) rows.push(row);
    await onRows(rows.length);
  }
  const { title, columns, totals } = details;
  return [{ title, columns, rows, totals }, ...summaries];
}
