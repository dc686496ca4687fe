import { boolean, index, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../context.ts';
import { bulkInsert } from './bulk-insert.ts';
import { id, instant, jsonOf, reference } from './columns.ts';
import { insertStatement } from './statement.ts';

/** Who did what, when, from where. Written in the transaction of the change it tells of. */
export const auditLog = mysqlTable(
  'audit_log',
  {
    id: id(),
    at: instant().notNull(),
    actorId: reference(),
    actor: varchar({ length: 60 }).notNull(),
    ip: varchar({ length: 45 }),
    requestId: varchar({ length: 64 }).notNull(),
    action: varchar({ length: 40 }).notNull(),
    entity: varchar({ length: 40 }).notNull(),
    entityId: varchar({ length: 40 }).notNull(),
    before: jsonOf<Record<string, unknown>>(),
    after: jsonOf<Record<string, unknown>>(),
    /** Whether the row is in the hash chain (modules/audit/seal.ts). */
    sealed: boolean().notNull().default(false),
  },
  (t) => [
    index('audit_at').on(t.at),
    index('audit_actor').on(t.actorId, t.at),
    index('audit_record').on(t.entityId, t.entity, t.at),
    index('audit_entity').on(t.entity, t.at),
    index('audit_action').on(t.action, t.at),
    index('audit_request').on(t.requestId),
    index('audit_sealed').on(t.sealed),
  ],
);

const insertEntry = insertStatement(auditLog, [
  'at',
  'actorId',
  'actor',
  'ip',
  'requestId',
  'action',
  'entity',
  'entityId',
  'before',
  'after',
]);

export type AuditEntry = {
  action: string;
  entity: string;
  entityId: number | string;
  before?: Record<string, unknown> | undefined;
  after?: Record<string, unknown> | undefined;
};

const SECRET = /password|token|secret|hash|otp|recovery|authorization|keys?$/i;

/** With `***` for whatever a secret name holds, however deep. */
const masked = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      SECRET.test(key) && value !== null ? '***' : maskedWithin(value),
    ]),
  );

function maskedWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskedWithin);
  const isPlain = typeof value === 'object' && value !== null && value.constructor === Object;
  return isPlain ? masked(value as Record<string, unknown>) : value;
}

/** Only what differs: keys that are equal on both sides tell nothing. */
function changes(before: Record<string, unknown> | undefined, after: Record<string, unknown> | undefined) {
  if (!before || !after) return { before, after };
  const changed = Object.keys(after).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const pick = (values: Record<string, unknown>) =>
    Object.fromEntries(changed.map((key) => [key, values[key]]));
  return { before: pick(before), after: pick(after) };
}

/**
 * Writes the audit row of a change: one INSERT, which waits for nobody (the row joins the hash chain later). Secret
 * fields are masked. Fails closed: if it throws, the change is rolled back.
 */
export async function audit(ctx: Ctx, entry: AuditEntry): Promise<void> {
  await insertEntry(ctx.db, rowOf(ctx, entry));
}

/** Like {@link audit} for many changes of one transaction, in one INSERT. */
export async function auditAll(ctx: Ctx, entries: readonly AuditEntry[]): Promise<void> {
  await bulkInsert(
    ctx.db,
    auditLog,
    entries.map((entry) => rowOf(ctx, entry)),
  );
}

function rowOf(ctx: Ctx, entry: AuditEntry) {
  const { actor } = ctx;
  const { before, after } = changes(entry.before, entry.after);
  return {
    at: ctx.now,
    actorId: actor.kind === 'user' ? actor.userId : null,
    actor:
      actor.kind === 'user'
        ? `user:${actor.userId}`
        : actor.kind === 'system'
          ? `system:${actor.name}`
          : 'anonymous',
    ip: ctx.ip,
    requestId: ctx.requestId,
    action: entry.action,
    entity: entry.entity,
    entityId: String(entry.entityId),
    before: before ? masked(before) : null,
    after: after ? masked(after) : null,
  };
}
