import type { Cell, Document, Table } from '../../render/document.ts';
import type { Opened } from './define.ts';

/** The whole report as a document; `onRows` hears how many rows of the list have been read. */
export async function documentOf(
  heading: Omit<Document, 'tables'>,
  { details, summaries }: Opened,
  onRows: (read: number) => void | Promise<void> = () => undefined,
): Promise<Document> {
  const rows: (readonly Cell[])[] = [];
  for await (const batch of details.batches()) {
    for (const row of batch) rows.push(row);
    await onRows(rows.length);
  }
  const { title, columns, totals } = details;
  const list: Table = { title, columns, rows, totals };
  return { ...heading, tables: [list, ...summaries] };
}
