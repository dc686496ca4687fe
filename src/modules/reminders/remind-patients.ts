import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { emitAll, event } from '../../db/outbox.ts';
import type { JobHandler } from '../../queue/define.ts';
import { appointments } from '../appointments/tables.ts';
import { sendReminder } from './jobs.ts';
import { REMINDER_KINDS, reminders } from './tables.ts';

type Kind = (typeof REMINDER_KINDS)[number];

/**
 * From how long before the appointment a reminder goes out, and until how long before it still makes sense when the
 * service was down at its time.
 */
const WINDOWS: Record<Kind, { hours: number; atLeastMinutes: number }> = {
  '24h': { hours: 24, atLeastMinutes: 12 * 60 },
  '1h': { hours: 1, atLeastMinutes: 5 },
};

const BATCH = 500;

/**
 * Decides the reminders that are due now. Nothing is planned ahead, so nothing has to be moved or taken back with the
 * appointment, and what a crash keeps from being decided the next minute decides.
 */
export const handle: JobHandler<object> = async (ctx) => {
  for (const kind of REMINDER_KINDS) await remind({ ...ctx, now: Temporal.Now.instant() }, kind);
};

/** Decides the due reminders of one kind, and returns how many. */
export async function remind(ctx: Ctx, kind: Kind): Promise<number> {
  let decided = 0;
  for (let after: Due | undefined; ;) {
    const batch = await dueAppointments(ctx, kind, after);
    after = batch.at(-1);
    if (after === undefined) return decided;
    await transaction(ctx, (tx) => decide(tx, kind, batch));
    decided += batch.length;
  }
}

type Due = { id: number; startsAt: Temporal.Instant };

/** Open appointments within the window that were booked before it and have no such reminder for this time. */
function dueAppointments(ctx: Ctx, kind: Kind, after: Due | undefined): Promise<Due[]> {
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
async function decide(tx: Ctx, kind: Kind, batch: readonly Due[]): Promise<void> {
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
