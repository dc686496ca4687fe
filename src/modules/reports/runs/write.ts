import { fullGC } from 'bun:jsc';
import type { Ctx } from '../../../context.ts';
import { csvHead, csvLines } from '../../../render/csv.ts';
import type { Opened, Report } from '../define.ts';
import { allTables } from '../all-tables.ts';
import { headingOf } from '../heading.ts';
import type { Run } from './find.ts';
import type { Progress } from './progress.ts';

/** Milliseconds for the longest file on the slowest machine. */
const PATIENCE = 600_000;

/**
 * Rows of a CSV after which the thread's garbage is collected. Left alone, it grows to a multiple of what is in use and
 * the process keeps it; in use is little, so that a collection takes some 20 ms, and all of them some 5 % of the time.
 * `Bun.gc(true)` frees no more here and takes a third longer.
 */
const ROWS_OF_GARBAGE = 40_000;

/** Writes the report to a file of that path. @throws Cancelled */
export async function writeRun(
  ctx: Ctx,
  report: Report,
  { parameters, form }: Run,
  { path, progress, signal }: { path: string; progress: Progress; signal: AbortSignal },
): Promise<void> {
  const heading = await headingOf(ctx, report, parameters);
  await report.open(ctx, parameters, async (opened) => {
    await progress(0);
    if (form === 'json') {
      await Bun.write(path, JSON.stringify(await opened.json()));
    } else if (form === 'csv') {
      await writeAll(path, csvOf(opened, progress));
    } else if (form === 'xlsx') {
      // Loaded by the first workbook: it is half of what a thread would hold.
      const { sheetOf, writeWorkbook } = await import('../../../render/workbook.ts');
      const { details, size, summaries } = opened;
      const list = { ...details, size, batches: counted(details.batches(), progress) };
      await writeAll(path, writeWorkbook(heading, [list, ...summaries.map(sheetOf)]));
    } else {
      // Reading is the smaller part of the work.
      const tables = await allTables(opened, (read) => progress(read / 4));
      // In a thread of its own: this one has to go on telling the queue that it lives.
      await Bun.write(
        path,
        await ctx.services.renderer.render({ ...heading, tables }, form, signal, PATIENCE),
      );
    }
  });
}

async function writeAll(path: string, parts: AsyncIterable<string | Uint8Array>): Promise<void> {
  const file = Bun.file(path).writer({ highWaterMark: 1024 * 1024 });
  try {
    for await (const part of parts) {
      await file.write(part);
      await file.flush();
    }
  } finally {
    await file.end();
  }
}

async function* csvOf({ details }: Opened, progress: Progress): AsyncGenerator<string> {
  yield csvHead(details.columns);
  let uncollected = 0;
  for await (const rows of counted(details.batches(), progress)) {
    yield csvLines(details.columns, rows);
    uncollected += rows.length;
    if (uncollected < ROWS_OF_GARBAGE) continue;
    fullGC();
    uncollected = 0;
  }
}

async function* counted<T>(batches: AsyncIterable<readonly T[]>, progress: Progress) {
  let rows = 0;
  for await (const batch of batches) {
    yield batch;
    await progress((rows += batch.length));
  }
}
