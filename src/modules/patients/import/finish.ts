import { eq } from 'drizzle-orm';
import { type Ctx, transaction } from '../../../context.ts';
import { audit } from '../../../db/audit.ts';
import type { Text } from '../../../errors.ts';
import { notifyUser } from '../../notifications/notify-user.ts';
import { patientImports } from '../tables.ts';

/** Ends an import, for `failure` when it could not go on, and lets the requester know; once, however often called. */
export const finishImport = (ctx: Ctx, importId: number, failure: Text | null): Promise<void> =>
  transaction({ ...ctx, now: Temporal.Now.instant() }, async (tx) => {
    const thisImport = eq(patientImports.id, importId);
    const [row] = await tx.db.select().from(patientImports).where(thisImport).for('update');
    if (!row || row.status === 'done' || row.status === 'failed') return;
    const status = failure ? 'failed' : 'done';
    const error = failure?.[row.language] ?? null;
    await tx.db.update(patientImports).set({ status, error, finishedAt: tx.now }).where(thisImport);
    await notifyUser(tx, row.requestedBy, 'import_ready', { ...row, error });
    const { rowsTotal: total, rowsCreated: created, rowsFailed: failed, dryRun: dry_run } = row;
    const after = { status, dry_run, rows_total: total, rows_created: created, rows_failed: failed };
    await audit(tx, { action: 'finish', entity: 'patient_import', entityId: importId, after });
  });
