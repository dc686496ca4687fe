import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { emitAll, event } from '../../db/outbox.ts';
import type { JobHandler } from '../../queue/define.ts';
import { appointments } from '../appointments/tables.ts';
import { sendReminder } from './jobs.ts';
import { REMINDER_KINDS, reminders } from './tables.ts';
import { type ReminderKind, WINDOWS } from './windows.ts';

/**
 * At most so many are decided each `PAUSE` ms, 500 a second: when many fall due together they must not stand before
 * all that happens meanwhile in the outbox, nor take the machine from the requests.
 */
const BATCH = 50;
const PAUSE = 100;
/** The next run begins a minute after this one, in ms. */
const LONGEST_RUN = 55_000;

/**
 * Decides the reminders that are due now. Nothing is planned ahead, so nothing has to be moved or taken back with the
 * appointment, and what a crash keeps from being decided the next minute decides.
 */
export const handle: JobHandler<object> = async (ctx) => {
  // The more urgent ones first.
  for (const kind of REMINDER_KINDS.toReversed()) await remind({ ...ctx, now: Temporal.Now.instant() }, kind);
};

/** Decides the due reminders of one kind, as many as are possible within a minute, and returns how many. */
export async function remind(ctx: Ctx, kind: ReminderKind): Promise<number> {
  const end = performance.now() + LONGEST_RUN;
  let decided = 0;
  for (let after: Due | undefined; performance.now() < end;) {
    const begun = performance.now();
    const batch = await dueAppointments(ctx, kind, after);
    after = batch.at(-1);
    if (after === undefined) break;
    await transaction(ctx, (tx) => decide(tx, kind, batch));
    decided += batch.length;
    if (batch.length < BATCH) break;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + PAUSE - performance.now())));
  }
  return decided;
}

type Due = { id: number; startsAt: Temporal.Instant };

/** Open appointments within the window that were booked before it and have no such reminder for this time. */
function dueAppointments(ctx: Ctx, kind: ReminderKind, after: Due | undefined): Promise<Due[]> {
  const { hours, atLeastMinutes } = WINDOWS[kind];
  const { dateTime, id, createdAt, status } = appointments;
  return ctx.db
    .select({ id, startsAt: dateTime })
    .from(appointments)
    .leftJoin(
      reminders,
      and(eq(reminders.appointmentId, id), eq(reminders.kind, kind), eq(reminders.startsAt, dateTime)),
    )
    .where(
      and(
        gt(dateTime, ctx.now.add({ minutes: atLeastMinutes })),
        lte(dateTime, ctx.now.add({ hours })),
        inArray(status, ['pending', 'confirmed']),
        lte(createdAt, sql`${dateTime} - interval ${sql.raw(String(hours))} hour`),
        isNull(reminders.id),
        after && or(gt(dateTime, after.startsAt), and(eq(dateTime, after.startsAt), gt(id, after.id))),
      ),
    )
    .orderBy(asc(dateTime), asc(id))
    .limit(BATCH);
}

/** Another run that decides the same at the same time finds these rows, and a message is sent once for each row. */
async function decide(tx: Ctx, kind: ReminderKind, batch: readonly Due[]): Promise<void> {
  await tx.db
    .insert(reminders)
    .ignore()
    .values(batch.map(({ id, startsAt }) => ({ appointmentId: id, kind, startsAt, createdAt: tx.now })));
  const ids = batch.map(({ id }) => id);
  const rows = await tx.db
    .select({ id: reminders.id })
    .from(reminders)
    .where(
      and(inArray(reminders.appointmentId, ids), eq(reminders.kind, kind), gt(reminders.startsAt, tx.now)),
    );
  await emitAll(
    tx,
    rows.map(({ id: reminderId }) => event(sendReminder, { reminderId })),
  );
}
