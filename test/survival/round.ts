import { and, count, eq, gt, inArray, isNull, notInArray } from 'drizzle-orm';
import { outbox } from '../../src/db/outbox.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { deliveries, notifications } from '../../src/modules/notifications/tables.ts';
import { patientImports } from '../../src/modules/patients/tables.ts';
import { reportRuns } from '../../src/modules/reports/tables.ts';
import { at } from '../appointments/clinic.ts';
import { until } from '../queue/until.ts';
import { type Blow, BLOWS, type Clinic } from './clinic.ts';

type Options = { random: () => number; bookings: number; blows: number };

/** What one round did and found; `wrong` is empty when nothing was lost and nothing doubled beyond what is known. */
export type Outcome = {
  blows: Blow[];
  /** How often each status was answered; 0: no answer. */
  answers: Record<number, number>;
  booked: number;
  imports: number;
  exports: number;
  /** Messages that a provider got a second time; each belongs to a delivery of two attempts or more. */
  repeated: number;
  wrong: string[];
};

/** How long everything may take to come to rest after the last blow; a cut-off sender's lease alone is 20 s, in ms. */
const REST = 150_000;
const SPREAD = 6_000;

const booking = (body: unknown) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
});

/** One round: bookings, an import and an export under blows at random moments, then the count. */
export async function survive(clinic: Clinic, { random, bookings, blows }: Options): Promise<Outcome> {
  const { app } = clinic;
  const before = await highestNotification(clinic);
  const desk = await app.as('administrator');
  const patients: number[] = [];
  for (let i = 0; i < bookings; i++) {
    patients.push(await app.patient({ email: `survivor${crypto.randomUUID()}@example.com` }));
  }
  const therapists = await Promise.all(Array.from({ length: 8 }, () => app.therapist()));
  const answers: Record<number, number> = {};
  const call = async (path: string, init: RequestInit) => {
    const status = await fetch(`${clinic.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${desk.token}`, ...init.headers },
      signal: AbortSignal.timeout(8_000),
    }).then(
      (response) => response.status,
      () => 0,
    );
    answers[status] = (answers[status] ?? 0) + 1;
    return status;
  };
  const promised: number[] = [];
  const load = patients.map(async (patient_id, i) => {
    await Bun.sleep(random() * SPREAD);
    const date_time = at(
      2 + Math.floor(i / 64),
      `${String(9 + (Math.floor(i / 8) % 8)).padStart(2, '0')}:00`,
    );
    const request = booking({ patient_id, therapist_id: therapists[i % 8], date_time });
    let status = await call('/api/appointments/', request);
    // As a front end does when the service is back; the key keeps it from happening twice.
    for (let tries = 1; tries < 4 && (status === 0 || status === 503); tries++) {
      await clinic.untilReady();
      status = await call('/api/appointments/', request);
    }
    if (status === 201) promised.push(patient_id);
  });
  const long = async () => {
    await Bun.sleep(random() * SPREAD);
    const form = new FormData();
    const rows = Array.from(
      { length: 30 },
      (_, i) => `DNI,${10_000_000 + Math.floor(random() * 80_000_000)},Ana,Quispe ${'abcdefgh'[i % 8]}`,
    );
    form.set(
      'file',
      new File([`document_type,document_number,first_name,paternal_last_name\n${rows.join('\n')}`], 'a.csv'),
    );
    await call('/api/patients/import/', { method: 'POST', body: form });
    await call('/api/exports/csv/citas-rango/?start_date=2026-01-01&end_date=2026-12-31&async=true', {
      method: 'GET',
    });
  };
  const struck: Blow[] = [];
  const striking = async () => {
    for (let i = 0; i < blows; i++) {
      await Bun.sleep((random() * SPREAD * 1.2) / blows);
      const blow = BLOWS[Math.floor(random() * BLOWS.length)] ?? 'process';
      struck.push(blow);
      await clinic.strike(blow);
    }
  };
  await Promise.all([...load, long(), long(), striking()]);
  await clinic.untilReady();
  const wrong: string[] = [];
  await until('everything to come to rest', () => isAtRest(clinic), REST).catch((error: Error) =>
    wrong.push(error.message),
  );
  return { blows: struck, answers, ...(await judge(clinic, { patients, promised }, before, wrong)) };
}

const highestNotification = async ({ app }: Clinic): Promise<number> => {
  const rows = await app.services.db.select({ id: notifications.id }).from(notifications);
  return Math.max(0, ...rows.map(({ id }) => id));
};

/** Nothing waits to be finished, told, enqueued or sent: counted in the order in which one leads to the next. */
async function isAtRest({ app: { services } }: Clinic): Promise<boolean> {
  const { db } = services;
  const counts = [
    () => db.$count(patientImports, isNull(patientImports.finishedAt)),
    () => db.$count(reportRuns, notInArray(reportRuns.status, ['done', 'failed'])),
    () => db.$count(outbox, isNull(outbox.failedReason)),
    () => untold(db),
    () => db.$count(deliveries, eq(deliveries.state, 'queued')),
  ];
  for (const count of counts) if ((await count()) !== 0) return false;
  return true;
}

/** Booked appointments, imports and exports of which nobody has been told yet. */
async function untold(db: Clinic['app']['services']['db']): Promise<number> {
  const [booked] = await db
    .select({ rows: count() })
    .from(appointments)
    .leftJoin(
      notifications,
      and(
        eq(notifications.patientId, appointments.patientId),
        eq(notifications.kind, 'appointment_confirmation'),
      ),
    )
    .where(isNull(notifications.id));
  const done = (await db.$count(patientImports)) + (await db.$count(reportRuns));
  const told = await db.$count(notifications, inArray(notifications.kind, ['import_ready', 'report_ready']));
  return (booked?.rows ?? 0) + done - told;
}

type Asked = { patients: readonly number[]; promised: readonly number[] };

async function judge(clinic: Clinic, { patients, promised }: Asked, before: number, wrong: string[]) {
  const { db } = clinic.app.services;
  const booked = await db
    .select({ id: appointments.id, patientId: appointments.patientId })
    .from(appointments)
    .where(inArray(appointments.patientId, [...patients]));
  const told = await db.select().from(notifications).where(gt(notifications.id, before));
  const sent = await db.select().from(deliveries).where(gt(deliveries.notificationId, before));
  const byPatient = Map.groupBy(
    told.filter(({ kind }) => kind === 'appointment_confirmation'),
    ({ patientId }) => patientId,
  );
  const received = await clinic.standIns.received();
  const failed = await db.select().from(outbox);
  if (failed.length > 0) wrong.push(`${failed.length} rows are left in the outbox`);
  if (booked.length === 0) wrong.push('nobody could book');
  const lost = promised.filter((patient) => booked.every(({ patientId }) => patientId !== patient));
  if (lost.length > 0) wrong.push(`${lost.length} bookings were promised and are not there`);
  let repeated = 0;

  for (const { id, patientId } of booked) {
    const mine = byPatient.get(patientId) ?? [];
    if (mine.length !== 1) wrong.push(`appointment ${id} was told ${mine.length} times`);
  }
  if (byPatient.size !== booked.length) wrong.push('somebody was told of an appointment that is not there');
  for (const { id } of told) {
    const rows = sent.filter(({ notificationId }) => notificationId === id);
    const channels = rows
      .map(({ channel }) => channel)
      .toSorted()
      .join(' ');
    if (channels !== 'email push sms') wrong.push(`notification ${id} has the deliveries ${channels}`);
    for (const { channel, state, attempts, error, interruptions } of rows) {
      if (channel === 'push') continue;
      const got = received[channel].get(id) ?? 0;
      const row = `${channel} of ${id}: ${state} (${error ?? 'no error'}) after ${attempts} attempts`;
      if (state === 'queued') wrong.push(`${row}: has not ended`);
      if (state === 'sent' && got === 0) wrong.push(`${row}: was lost`);
      if (state === 'skipped' && channel === 'email' && received.email.has(id))
        wrong.push(`${row}: was sent`);
      if (state === 'failed' && error !== 'interrupted') wrong.push(`${row}: failed`);
      // Twice only where a run was cut off between the provider's answer and our record, which its row tells.
      if (got > 1 + interruptions) wrong.push(`${row}: arrived ${got} times, cut off ${interruptions} times`);
      if (got > 2) wrong.push(`${row}: arrived ${got} times`);
      repeated += Math.max(0, got - 1);
    }
  }

  const imports = await db.select().from(patientImports);
  for (const { id, status, error } of imports) {
    if (status !== 'done') wrong.push(`import ${id} is ${status}: ${error ?? ''}`);
  }
  const runs = await db.select().from(reportRuns);
  for (const { id, status, error } of runs) {
    if (status !== 'done') wrong.push(`export ${id} is ${status}: ${JSON.stringify(error)}`);
  }
  return { booked: booked.length, imports: imports.length, exports: runs.length, repeated, wrong };
}
