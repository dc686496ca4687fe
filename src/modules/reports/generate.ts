import type * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { storeNoted } from '../../files/store-noted.ts';
import { formatInstant } from '../../time.ts';
import type { Fields } from './define.ts';
import { MOST_AWAITED, REPORT_DAYS } from './limits.ts';
import { parseParameters } from './parse-parameters.ts';
import { namedReport } from './registry.ts';
import { findRun } from './runs/find.ts';
import { requestRun } from './runs/request.ts';
import type { Wanted } from './schemas.ts';
import { reportRuns } from './tables.ts';

/**
 * Makes a report and keeps it; as a job when it is long or `async` is wished.
 * @throws AppError VALIDATION_ERROR, RuleViolation `too_many_rows`
 */
export async function generate(ctx: Ctx, wanted: v.InferOutput<typeof Wanted>) {
  const report = namedReport(wanted.report_type);
  const parameters = parseParameters(report, wanted.parameters, ctx.language);
  const { rows, data } = await report.open(ctx, parameters, async ({ size, json }) => ({
    rows: size,
    data: wanted.async || size > MOST_AWAITED ? null : await json(),
  }));
  if (!data) return { accepted: await requestRun(ctx, { report, parameters, form: 'json', rows }) };
  const { id, isNew } = await keep(ctx, { type: report.type, parameters, rows, data });
  const run = await findRun(ctx, id);
  return {
    made: {
      id,
      report_type: report.type,
      generated_at: formatInstant(run.createdAt, ctx.services.config.timeZone),
      data: isNew ? data : await storedData(ctx, run.fileKey),
    },
  };
}

type Made = { type: string; parameters: Fields; rows: number; data: Fields };

/** Keeps the answer; a repeated request finds the first one's. */
async function keep(ctx: Ctx, { type, parameters, rows, data }: Made) {
  const fileKey = `reports/${crypto.randomUUID()}.json`;
  const kept = await storeNoted(ctx, fileKey, new Blob([JSON.stringify(data)]), () =>
    transaction(ctx, async (tx) => {
      const [{ insertId }] = await tx.db.insert(reportRuns).values({
        requestedBy: user(tx).userId,
        report: type,
        parameters,
        form: 'json',
        language: tx.language,
        status: 'done',
        rowsTotal: rows,
        rowsDone: rows,
        fileKey,
        createdAt: tx.now,
        finishedAt: tx.now,
        expiresAt: tx.now.add({ hours: REPORT_DAYS * 24 }),
      });
      const after = { report_type: type, parameters, rows };
      await audit(tx, { action: 'generate', entity: 'report', entityId: insertId, after });
      return { id: insertId };
    }),
  );
  return { ...kept, isNew: ctx.idempotency?.replayed !== true };
}

async function storedData(ctx: Ctx, fileKey: string | null): Promise<Fields> {
  const file = fileKey ? await ctx.services.files.open(fileKey) : null;
  return file ? ((await file.json()) as Fields) : {};
}
