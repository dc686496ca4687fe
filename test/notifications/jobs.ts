import { asc, eq } from 'drizzle-orm';
import * as v from 'valibot';
import { systemCtx } from '../../src/context.ts';
import { outbox } from '../../src/db/outbox.ts';
import { AppointmentEvent } from '../../src/modules/notifications/appointment-event.ts';
import { handle } from '../../src/modules/notifications/notify-appointment.ts';
import { deliveries, notifications } from '../../src/modules/notifications/tables.ts';
import type { TestApp } from '../harness.ts';

/** A job as the relay would enqueue it. */
export type Queued = { id: string; data: AppointmentEvent };

/** Takes the outbox's jobs out of it, the oldest first. */
export async function takeJobs({ services }: TestApp): Promise<Queued[]> {
  const rows = await services.db.select().from(outbox).orderBy(asc(outbox.id));
  await services.db.delete(outbox);
  return rows.map((row) => ({ id: `outbox-${row.id}`, data: v.parse(AppointmentEvent, row.data) }));
}

/** One attempt of a job, as the consumer makes it; resolves to the error or null. */
export async function runJob(
  { services }: TestApp,
  { id, data }: Queued,
  attempt = 1,
): Promise<Error | null> {
  const run = {
    id,
    attempt,
    maxAttempts: 3,
    signal: new AbortController().signal,
    progress: async () => undefined,
  };
  try {
    await handle(systemCtx(services, 'notify-appointment'), data, run);
    return null;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

type Row = Pick<typeof deliveries.$inferSelect, 'state' | 'attempts' | 'error' | 'providerId'>;

/** The deliveries of the only notification of a job, by channel. */
export async function deliveriesOf({ services }: TestApp, jobId: string, recipient: string) {
  const rows = await services.db
    .select({
      channel: deliveries.channel,
      state: deliveries.state,
      attempts: deliveries.attempts,
      error: deliveries.error,
      providerId: deliveries.providerId,
    })
    .from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(eq(notifications.eventKey, `${jobId}:${recipient}`));
  const of = (channel: string): Row => {
    const row = rows.find((row) => row.channel === channel);
    if (row === undefined) throw new Error(`no delivery by ${channel}`);
    return row;
  };
  return { count: rows.length, email: of('email'), sms: of('sms'), push: of('push') };
}
