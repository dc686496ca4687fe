import type * as v from 'valibot';
import type { Permission } from '../../access/enforcer.ts';
import type { Ctx, Scope, UserActor } from '../../context.ts';

type Definition<Schema extends v.GenericSchema> = {
  /** Its name in the answer (contract, "Dashboard"). */
  name: string;
  /** Who has this permission sees the widget, with what the permission reaches. */
  permission: Permission;
  /** Only for whom the permission reaches every record. */
  needsAny?: boolean;
  /** Only for those who are a therapist, and about these alone. */
  ofTherapist?: boolean;
  schema: Schema;
  /**
   * Reads it. `ctx.scopes` is the reach, to be applied in the query (`visible`); whoever sees every record shares the
   * result with all others who do, so the actor is the system then.
   */
  load: (ctx: Ctx) => Promise<v.InferOutput<Schema>>;
};

/** A part of the dashboard. */
export type Widget = Definition<v.GenericSchema>;

/** Declares a widget; to be entered in `registry.ts`. */
export const defineWidget = <Schema extends v.GenericSchema>(definition: Definition<Schema>) => definition;

/** How far the widget reaches for somebody; null: it is not theirs to see. */
export function reachOf(ctx: Ctx, actor: UserActor, widget: Widget): readonly Scope[] | null {
  const scopes = ctx.services.access.scopesOf(actor, widget.permission);
  if (scopes.length === 0) return null;
  if (widget.ofTherapist) return actor.therapistId === null ? null : ['assigned'];
  if (widget.needsAny && !scopes.includes('any')) return null;
  // Somebody without a record of their own would see nothing but zeros.
  if (scopes.includes('any')) return scopes;
  const isSomebody = actor.patientId !== null || actor.therapistId !== null;
  return isSomebody ? scopes : null;
}

/** All that a widget's content depends on: those for whom this is the same share one copy. */
export const keyOf = (widget: Widget, actor: UserActor, scopes: readonly Scope[]): string =>
  scopes.includes('any')
    ? `${widget.name}:any`
    : `${widget.name}:${scopes.join('+')}:${actor.patientId ?? 0}:${actor.therapistId ?? 0}`;

/** The context that a widget is read with, now. */
export const readingCtx = (ctx: Ctx, actor: UserActor, scopes: readonly Scope[]): Ctx => ({
  ...ctx,
  actor: scopes.includes('any') ? { kind: 'system', name: 'dashboard' } : actor,
  scopes,
  db: ctx.services.db,
  inTransaction: false,
  now: Temporal.Now.instant(),
});
