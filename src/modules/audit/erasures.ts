import { and, eq, isNotNull } from 'drizzle-orm';
import { auditLog } from '../../db/audit.ts';
import type { Database } from '../../db/client.ts';
import { ERASURE } from './erase.ts';

type Entry = { entity: string; entityId: string; at: Temporal.Instant };

/** The erasures that the audit log tells of. */
export type Erasures = {
  /** Whether one of them was to empty this entry. */
  cover: (entry: Entry) => boolean;
};

/** Reads every erasure there ever was: one a day for the old entries, one for every person who asked. */
export async function readErasures(db: Database): Promise<Erasures> {
  const rows = await db
    .select({ at: auditLog.at, after: auditLog.after })
    .from(auditLog)
    .where(and(eq(auditLog.entity, ERASURE.entity), isNotNull(auditLog.after)));
  const records = new Map<string, number>();
  let until = -Infinity;
  for (const { at, after } of rows) {
    if (typeof after?.['until'] === 'string') {
      until = Math.max(until, Temporal.Instant.from(after['until']).epochMilliseconds);
    }
    const ids = after?.['entity_ids'];
    for (const id of Array.isArray(ids) ? ids : []) {
      const key = `${String(after?.['entity'])} ${String(id)}`;
      records.set(key, Math.max(records.get(key) ?? 0, at.epochMilliseconds));
    }
  }
  return {
    cover: ({ entity, entityId, at }) =>
      at.epochMilliseconds <= Math.max(until, records.get(`${entity} ${entityId}`) ?? -Infinity),
  };
}
