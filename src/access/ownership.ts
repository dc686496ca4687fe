import { and, eq, exists, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Column } from 'drizzle-orm';
import type { Ctx, UserActor } from '../context.ts';
import { appointments } from '../modules/appointments/tables.ts';

/** The signed-in person behind a context that only signed-in people and the system reach. */
export function user(ctx: Ctx): UserActor {
  if (ctx.actor.kind !== 'user') throw new Error('this verb needs a signed-in user');
  return ctx.actor;
}

const NOTHING = sql`false`;

/** A record belongs to its patient (`own`) and is the business of its therapist (`assigned`). */
type Owned = { patientId?: Column; therapistId?: Column };

/**
 * The part of a WHERE that keeps a query to what the caller may see; undefined when that is everything.
 * Ownership is always asked in the query: a foreign record is not found rather than refused.
 */
export function visible(ctx: Ctx, record: Owned): SQL | undefined {
  if (ctx.scopes.includes('any')) return undefined;
  const { patientId, therapistId } = user(ctx);
  const allowed = ctx.scopes.map((scope) => {
    if (scope === 'own' && record.patientId && patientId) return eq(record.patientId, patientId);
    if (scope === 'assigned' && record.therapistId && therapistId) return eq(record.therapistId, therapistId);
    return NOTHING;
  });
  return or(...allowed);
}

/**
 * {@link visible} as a fixed condition for prepared statements; its values are {@link reach}'s. For look-ups by
 * primary key: an index on the owner would not be used through the OR.
 */
export const within = ({ patientId, therapistId }: Required<Owned>): SQL =>
  sql`(${sql.placeholder('any')} = 1 or ${patientId} = ${sql.placeholder('own')} or ${therapistId} = ${sql.placeholder('assigned')})`;

/** The values of {@link within} for the caller; 0 is nobody's id. */
export function reach(ctx: Ctx): { any: number; own: number; assigned: number } {
  if (ctx.scopes.includes('any')) return { any: 1, own: 0, assigned: 0 };
  const { patientId, therapistId } = user(ctx);
  return {
    any: 0,
    own: (ctx.scopes.includes('own') && patientId) || 0,
    assigned: (ctx.scopes.includes('assigned') && therapistId) || 0,
  };
}

/**
 * Like {@link visible}, for patients: the own record, or those the therapist ever had an appointment with; and those
 * opened to the therapist in an emergency, on routes that allow it (`access/emergency.ts`).
 */
export function visiblePatients(ctx: Ctx, patientId: Column): SQL | undefined {
  if (ctx.scopes.includes('any')) return undefined;
  const actor = user(ctx);
  const allowed = ctx.scopes.map((scope) => {
    if (scope === 'own' && actor.patientId) return eq(patientId, actor.patientId);
    if (scope === 'assigned' && actor.therapistId) {
      const assigned = and(
        eq(appointments.patientId, patientId),
        eq(appointments.therapistId, actor.therapistId),
      );
      const isAssigned = exists(
        ctx.db
          .select({ one: sql`1` })
          .from(appointments)
          .where(assigned),
      );
      const opened = ctx.emergencyPatients;
      return opened.length > 0 ? or(isAssigned, inArray(patientId, [...opened])) : isAssigned;
    }
    return NOTHING;
  });
  return or(...allowed);
}

/** Whether the caller may act on this therapist's schedule, time off or agenda: any therapist's, or the own. */
export const mayActForTherapist = (ctx: Ctx, therapistId: number): boolean =>
  ctx.scopes.includes('any') || (ctx.scopes.includes('own') && user(ctx).therapistId === therapistId);
