import { eq } from 'drizzle-orm';
import { type Ctx, transaction } from '../../../context.ts';
import { audit } from '../../../db/audit.ts';
import { emit } from '../../../db/outbox.ts';
import type { Text } from '../../../errors.ts';
import { publish } from '../../../live/publish.ts';
import { sendUserNotice } from '../../notifications/jobs.ts';
import { REPORT_DAYS } from '../limits.ts';
import { reportOf } from '../registry.ts';
import { reportRuns } from '../tables.ts';
import { channelOf, MOVED } from './channel.ts';
import type { Run } from './find.ts';

/** Files hold personal data: they are there for a day; what was generated, longer. */
const KEPT = { files: { hours: 24 }, json: { hours: REPORT_DAYS * 24 } };

type Outcome = { key: string } | { failure: Text };

/** Ends a run and lets the requester know; once, however often called. False when it was taken back meanwhile. */
export const finishRun = (ctx: Ctx, { id }: Pick<Run, 'id'>, outcome: Outcome): Promise<boolean> =>
  transaction({ ...ctx, now: Temporal.Now.instant() }, async (tx) => {
    const thisRun = eq(reportRuns.id, id);
    const [run] = await tx.db.select().from(reportRuns).where(thisRun).for('update');
    if (!run || run.deletedAt !== null) return false;
    if (run.status === 'done' || run.status === 'failed') return true;
    const failure = 'failure' in outcome ? outcome.failure : null;
    const status = failure ? 'failed' : 'done';
    await tx.db
      .update(reportRuns)
      .set({
        status,
        error: failure?.[run.language] ?? null,
        fileKey: 'key' in outcome ? outcome.key : null,
        finishedAt: tx.now,
        expiresAt: tx.now.add(run.form === 'json' ? KEPT.json : KEPT.files),
      })
      .where(thisRun);
    publish(tx, channelOf(id), MOVED, {});
    await emit(tx, sendUserNotice, {
      kind: 'report_ready',
      userId: run.requestedBy,
      data: {
        title: reportOf(run.report)?.title ?? { es: run.report, en: run.report },
        rows: run.rowsTotal,
        error: failure,
        path: run.form === 'json' ? `/api/reports/${id}/` : `/api/exports/${id}/download/`,
      },
    });
    const after = { status, report_type: run.report, form: run.form, rows: run.rowsTotal };
    await audit(tx, { action: 'finish', entity: 'export', entityId: id, after });
    return true;
  });
