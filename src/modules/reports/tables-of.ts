import type { Ctx } from '../../context.ts';
import type { Cell, Table } from '../../render/document.ts';
import type { Fields, Opened, Report } from './define.ts';

/** Rows of a report's own list that its page shows; who needs more takes the file. */
export const MOST_SHOWN = 500;

/** The report as its files show it: the own list, as far as a page takes it, then the short ones. */
export const reportTables = (ctx: Ctx, report: Report, parameters: Fields) =>
  report.open(ctx, parameters, async ({ size, details, summaries }) => ({
    title: report.title[ctx.language],
    rows: size,
    tables: [{ ...details, rows: await firstRows(details) }, ...summaries].map(shown),
  }));

const shown = ({ title, columns, rows, totals }: Table) => ({
  title,
  columns: columns.map(({ label, type, align }) => ({ label, type, align })),
  rows: rows.map((cells) => [...cells]),
  totals: totals && [...totals],
});

async function firstRows({ batches }: Opened['details']): Promise<(readonly Cell[])[]> {
  const rows: (readonly Cell[])[] = [];
  for await (const batch of batches()) {
    rows.push(...batch.slice(0, MOST_SHOWN - rows.length));
    if (rows.length === MOST_SHOWN) break;
  }
  return rows;
}
