import { sql } from 'drizzle-orm';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { tickets } from '../../src/modules/billing/tables.ts';
import { availabilityChanged } from '../../src/modules/therapists/availability.ts';
import { holidays, timeOff } from '../../src/modules/therapists/tables.ts';
import { type Answer, type Client, type TestApp, unique } from '../harness.ts';

export const ZONE = 'America/Lima';
const today = Temporal.Now.plainDateISO(ZONE);

/** The clinic's calendar day so many days from today. */
export const day = (days: number): string => today.add({ days }).toString();

/** A wall-clock time of the clinic so many days from today, as the API writes it. */
export const at = (days: number, time: string): string => `${day(days)}T${time}:00-05:00`;

let taken = 0;
/** A start within the working hours that no other call gets: days 2 to 169 from now, hours 09 to 16. */
export function freeTime(): string {
  taken += 1;
  return at(2 + Math.floor(taken / 8), `${String(9 + (taken % 8)).padStart(2, '0')}:00`);
}

/** Books over HTTP. */
export const book = (client: Client, body: Record<string, unknown>): Promise<Answer> =>
  client.request('POST', '/api/appointments/', { body });

/** The names of the rules that an answer says are broken. */
export const rulesOf = ({ json }: Answer): string[] =>
  (json.details?.violations ?? []).map(({ rule }: { rule: string }) => rule);

/** The statuses of several answers, in ascending order. */
export const statusesOf = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

type Existing = Partial<typeof appointments.$inferInsert> & {
  patientId: number;
  therapistId: number;
  starts: string | Temporal.Instant;
  ticket?: Partial<typeof tickets.$inferInsert>;
};

/** An appointment of any time and state with its ticket, put into the database past all rules. */
export async function existing(app: TestApp, { starts, ticket, ...fields }: Existing): Promise<number> {
  const dateTime = Temporal.Instant.from(starts.toString());
  const duration = fields.duration ?? 60;
  const [row] = await app.services.db
    .insert(appointments)
    .values({ price: '50.00', ...fields, dateTime, duration, endsAt: dateTime.add({ minutes: duration }) })
    .$returningId();
  const id = row?.id ?? 0;
  await app.services.db.insert(tickets).values({
    appointmentId: id,
    ticketNumber: `TKT-20200101-${String(unique()).padStart(6, '0')}`,
    amount: '50.00',
    ...ticket,
  });
  return id;
}

/** Days on which the clinic is closed, and absences of therapists, put into the database past all rules. */
export async function closed(
  { services: { db }, ctx }: TestApp,
  ...days: (typeof holidays.$inferInsert)[]
): Promise<void> {
  await db.insert(holidays).values(days);
  await availabilityChanged(ctx());
}

export async function away(
  { services: { db }, ctx }: TestApp,
  therapistId: number,
  starts: string,
  ends: string,
): Promise<void> {
  const [startsAt, endsAt] = [Temporal.Instant.from(starts), Temporal.Instant.from(ends)];
  await db.insert(timeOff).values({ therapistId, startsAt, endsAt });
  await availabilityChanged(ctx(), therapistId);
}

/** How many rows every table has but that of live events, where hints come a moment later. */
export async function rowCounts({ services: { db } }: TestApp): Promise<Record<string, number>> {
  const [tables] = (await db.execute(
    sql`select table_name as name from information_schema.tables where table_schema = database() and table_name <> 'live_events'`,
  )) as unknown as [{ name: string }[]];
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [[row]] = (await db.execute(sql`select count(*) as n from ${sql.identifier(name)}`)) as unknown as [
      [{ n: number | string }],
    ];
    counts[name] = Number(row.n);
  }
  return counts;
}

/** What a piece of work adds to each table; tables that stay as they are are left out. */
export async function growth(app: TestApp, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await rowCounts(app);
  await work();
  const after = await rowCounts(app);
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, count]): [string, number] => [name, count - (before[name] ?? 0)])
      .filter(([, more]) => more !== 0),
  );
}
