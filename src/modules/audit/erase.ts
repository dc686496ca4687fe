import { and, asc, desc, eq, gte, inArray, isNotNull, lte, ne, or } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { audit, auditLog } from '../../db/audit.ts';

/** The audit log's own entries about erasures; `manage audit verify` accepts a missing detail only if one names it. */
export const ERASURE = { entity: 'audit_details', byRecord: 'erase_record', byAge: 'erase_older' } as const;

/** What an entry about an erasure says in `after`. */
export type Erasure = { entity: string; entity_ids: string[] } | { until: string };

const hasDetails = or(isNotNull(auditLog.before), isNotNull(auditLog.after));
const ofOthers = ne(auditLog.entity, ERASURE.entity);

/**
 * Erases for good what the audit log tells of these records' contents, up to and including this transaction; who did
 * what and when stays, and so does the chain. For a person's right to erasure (Ley 29733, art. 20). Call it last:
 * later entries of the records are not touched. Returns how many entries it emptied.
 */
export async function eraseAuditDetails(
  tx: Ctx,
  { entity, entityIds }: { entity: string; entityIds: readonly (number | string)[] },
): Promise<number> {
  const ids = entityIds.map(String);
  if (ids.length === 0) return 0;
  const [{ affectedRows }] = await tx.db
    .update(auditLog)
    .set({ before: null, after: null })
    .where(and(inArray(auditLog.entityId, ids), eq(auditLog.entity, entity), ofOthers, hasDetails));
  await noteErasure(tx, ERASURE.byRecord, entity, { entity, entity_ids: ids });
  return affectedRows;
}

/**
 * Erases the details of at most `batch` of the oldest entries made before `instant` that still have some, in a
 * transaction of its own; returns how many. For the retention job: call it until it returns 0.
 */
export function eraseAuditDetailsBefore(ctx: Ctx, instant: Temporal.Instant, batch: number): Promise<number> {
  return transaction(ctx, async (tx) => {
    const from = await erasedUntil(tx);
    const rows = await tx.db
      .select({ id: auditLog.id, at: auditLog.at })
      .from(auditLog)
      .where(and(from && gte(auditLog.at, from), lte(auditLog.at, instant), ofOthers, hasDetails))
      .orderBy(asc(auditLog.at), asc(auditLog.id))
      .limit(batch);
    const last = rows.at(-1);
    if (!last) return 0;
    await tx.db
      .update(auditLog)
      .set({ before: null, after: null })
      .where(
        inArray(
          auditLog.id,
          rows.map(({ id }) => id),
        ),
      );
    await noteErasure(tx, ERASURE.byAge, 'age', { until: last.at.toString() });
    return rows.length;
  });
}

/** Up to here earlier runs have emptied everything: the next one need not look there again. */
async function erasedUntil(tx: Ctx): Promise<Temporal.Instant | undefined> {
  const [latest] = await tx.db
    .select({ after: auditLog.after })
    .from(auditLog)
    .where(and(eq(auditLog.entity, ERASURE.entity), eq(auditLog.action, ERASURE.byAge)))
    .orderBy(desc(auditLog.at), desc(auditLog.id))
    .limit(1);
  const until = latest?.after?.['until'];
  return typeof until === 'string' ? Temporal.Instant.from(until) : undefined;
}

const noteErasure = (tx: Ctx, action: string, entityId: string, after: Erasure) =>
  audit(tx, { action, entity: ERASURE.entity, entityId, after });
