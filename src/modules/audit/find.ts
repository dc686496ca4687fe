import { and, asc, desc, eq, getTableColumns } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { auditLog } from '../../db/audit.ts';
import { countRows, page } from '../../db/page.ts';
import { onDays } from '../../db/search.ts';
import { formatInstant } from '../../time.ts';
import { users } from '../users/tables.ts';
import type { AuditQuery } from './schemas.ts';

/** Entries of the audit log, the newest first; details of records may be clinical: the route is the administrators'. */
export function listAudit(ctx: Ctx, query: v.InferOutput<typeof AuditQuery>) {
  const { timeZone } = ctx.services.config;
  const where = and(
    query.actor_id === undefined ? undefined : eq(auditLog.actorId, query.actor_id),
    query.entity === undefined ? undefined : eq(auditLog.entity, query.entity),
    query.entity_id === undefined ? undefined : eq(auditLog.entityId, query.entity_id),
    query.action === undefined ? undefined : eq(auditLog.action, query.action),
    query.request_id === undefined ? undefined : eq(auditLog.requestId, query.request_id),
    onDays(auditLog.at, { from: query.date_from, to: query.date_to }, timeZone),
  );
  const direction = query.ordering === 'at' ? asc : desc;
  const order = [direction(auditLog.at), direction(auditLog.id)];
  const matching = () => ctx.db.select({ id: auditLog.id }).from(auditLog).where(where).$dynamic();

  return page(ctx, query, {
    name: 'audit',
    count: (atMost) => countRows(ctx, matching() as never, atMost),
    results: async (limit, offset) => {
      // The page's ids come from an index; only its rows are read whole.
      const ids = matching()
        .orderBy(...order)
        .limit(limit)
        .offset(offset)
        .as('ids');
      const rows = await ctx.db
        .select({ ...getTableColumns(auditLog), username: users.username })
        .from(auditLog)
        .innerJoin(ids, eq(ids.id, auditLog.id))
        .leftJoin(users, eq(users.id, auditLog.actorId))
        .orderBy(...order);
      return rows.map((row) => ({
        id: row.id,
        at: formatInstant(row.at, timeZone),
        actor_id: row.actorId,
        actor: row.actor,
        actor_name: row.username,
        ip: row.ip,
        request_id: row.requestId,
        action: row.action,
        entity: row.entity,
        entity_id: row.entityId,
        before: row.before,
        after: row.after,
        sealed: row.sealed,
      }));
    },
  });
}
