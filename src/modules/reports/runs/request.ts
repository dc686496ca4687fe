import { user } from '../../../access/ownership.ts';
import { type Ctx, transaction } from '../../../context.ts';
import { audit } from '../../../db/audit.ts';
import { emit } from '../../../db/outbox.ts';
import type { Fields, Report } from '../define.ts';
import { makeReport } from '../jobs.ts';
import { assertFits } from '../limits.ts';
import { type Form, reportRuns } from '../tables.ts';

export type Wanted = { report: Report; parameters: Fields; form: Form; rows: number };

/** Has a job make the report. @throws RuleViolation `too_many_rows` */
export function requestRun(ctx: Ctx, { report, parameters, form, rows }: Wanted) {
  assertFits(rows, form);
  return transaction(ctx, async (tx) => {
    const [{ insertId: id }] = await tx.db.insert(reportRuns).values({
      requestedBy: user(tx).userId,
      report: report.type,
      parameters,
      form,
      language: tx.language,
      rowsTotal: rows,
      createdAt: tx.now,
    });
    await emit(tx, makeReport, { runId: id });
    const after = { report_type: report.type, parameters, form, rows };
    await audit(tx, { action: 'request', entity: 'export', entityId: id, after });
    const address = (path: string) => new URL(path, tx.url).href;
    return form === 'json'
      ? { id, status_url: address(`/api/reports/${id}/`), events_url: address(`/api/exports/${id}/events/`) }
      : { id, status_url: address(`/api/exports/${id}/`), events_url: address(`/api/exports/${id}/events/`) };
  });
}
