import { and, asc, desc, eq, type SQL } from 'drizzle-orm';
import type * as v from 'valibot';
import { user } from '../../../access/ownership.ts';
import type { Ctx } from '../../../context.ts';
import { countRows, page } from '../../../db/page.ts';
import { containsWords } from '../../../db/search.ts';
import { notFound } from '../../../errors.ts';
import { formatInstant } from '../../../time.ts';
import { patientImports } from '../tables.ts';
import { fieldsOf } from './columns.ts';
import type { ImportQuery } from './schemas.ts';

export type ImportRow = typeof patientImports.$inferSelect;

/** WHERE: everybody's imports, or those that the caller asked for. */
const mine = (ctx: Ctx): SQL | undefined =>
  ctx.scopes.includes('any') ? undefined : eq(patientImports.requestedBy, user(ctx).userId);

function view(ctx: Ctx, row: ImportRow) {
  const { timeZone } = ctx.services.config;
  const at = (instant: Temporal.Instant | null) => instant && formatInstant(instant, timeZone);
  const { rowsTotal: total, rowsDone: done } = row;
  const fields = fieldsOf(row.headers ?? []);
  const errorsUrl = new URL(`/api/patients/imports/${row.id}/errors/`, ctx.url).href;
  return {
    id: row.id,
    status: row.status,
    progress: row.status === 'done' ? 100 : total === 0 ? 0 : Math.floor((done / total) * 100),
    file_name: row.fileName,
    dry_run: row.dryRun,
    rows_total: total,
    rows_created: row.rowsCreated,
    rows_failed: row.rowsFailed,
    ignored_columns: (row.headers ?? []).filter((_, index) => fields[index] === null),
    errors_url: row.rowsFailed > 0 ? errorsUrl : null,
    error: row.error,
    requested_by: row.requestedBy,
    created_at: formatInstant(row.createdAt, timeZone),
    started_at: at(row.startedAt),
    finished_at: at(row.finishedAt),
  };
}

/** The imports that the caller may see, the latest first; `search` looks at the file's name. */
export function listImports(ctx: Ctx, query: v.InferOutput<typeof ImportQuery>) {
  const where = and(
    mine(ctx),
    query.status === undefined ? undefined : eq(patientImports.status, query.status),
    containsWords(patientImports.fileName, query.search),
  );
  const matching = () =>
    ctx.db.select({ id: patientImports.id }).from(patientImports).where(where).$dynamic();
  const direction = query.ordering === 'created_at' ? asc : desc;
  return page(ctx, query, {
    name: 'patient_imports',
    count: (atMost) => countRows(ctx, matching() as never, atMost),
    results: async (limit, offset) => {
      const rows = await ctx.db
        .select()
        .from(patientImports)
        .where(where)
        .orderBy(direction(patientImports.id))
        .limit(limit)
        .offset(offset);
      return rows.map((row) => view(ctx, row));
    },
  });
}

/** @throws AppError NOT_FOUND */
export async function findImport(ctx: Ctx, id: number): Promise<ImportRow> {
  const [row] = await ctx.db
    .select()
    .from(patientImports)
    .where(and(eq(patientImports.id, id), mine(ctx)));
  if (!row) throw notFound();
  return row;
}

/** How an import is getting on. @throws AppError NOT_FOUND */
export const getImport = async (ctx: Ctx, id: number) => view(ctx, await findImport(ctx, id));
