import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../src/db/client.ts';

/** Minutes west of UTC that the default clinic (Lima) is at: its zone has no clock changes. */
const LIMA = sql`interval 5 hour`;

/** Appointments of one therapist, patient or room that begin before the one before has ended: without such, none overlap. */
const overlap = (key: SQL) => sql`select count(*) as n from (
  select date_time, lag(ends_at) over (partition by ${key} order by date_time, id) as busy_until from appointments
  ) a where a.date_time < a.busy_until`;

const BROKEN: Record<string, SQL> = {
  'therapists with two appointments at a time': overlap(sql`therapist_id`),
  'patients with two appointments at a time': overlap(sql`patient_id`),
  'rooms with two appointments at a time': overlap(sql`room`),
  'appointments outside the working hours': sql`select count(*) as n from appointments a where not exists (
    select 1 from schedule_blocks s where s.therapist_id = a.therapist_id
      and s.weekday = weekday(a.date_time - ${LIMA}) + 1
      and s.start_minute <= timestampdiff(minute, date(a.date_time - ${LIMA}), a.date_time - ${LIMA})
      and s.end_minute >= timestampdiff(minute, date(a.date_time - ${LIMA}), a.ends_at - ${LIMA}))`,
  'appointments on a holiday': sql`select count(*) as n from appointments a join holidays h on h.date = date(a.date_time - ${LIMA})`,
  'impossible durations': sql`select count(*) as n from appointments
    where duration not between 15 and 240 or duration % 15 <> 0 or timestampdiff(minute, date_time, ends_at) <> duration`,
  'appointments booked after their start or in the future': sql`select count(*) as n from appointments
    where created_at >= date_time or created_at > now() or updated_at > now() + interval 1 second or updated_at < created_at`,
  'appointments booked before the patient was known': sql`select count(*) as n from appointments a
    join patients p on p.id = a.patient_id where a.created_at < p.created_at`,
  'states that do not fit the time': sql`select count(*) as n from appointments where
    (status in ('completed', 'no_show') and ends_at > now()) or (status in ('pending', 'confirmed') and date_time < now() - interval 1 minute)`,
  'appointments without exactly one ticket': sql`select count(*) as n from appointments a
    where (select count(*) from tickets t where t.appointment_id = a.id) <> 1`,
  'tickets that do not fit their appointment': sql`select count(*) as n from tickets t join appointments a on a.id = t.appointment_id
    where t.amount <> a.price or t.created_at <> a.created_at
      or (t.status = 'paid') <> (a.status = 'completed')
      or (t.status in ('cancelled', 'refunded')) <> (a.status = 'cancelled')
      or (t.status in ('paid', 'refunded')) <> (t.payment_method is not null and t.payment_date is not null)`,
  'tickets that do not fit the ledger': sql`select count(*) as n from tickets t
    left join payments p on p.ticket_id = t.id and p.kind = 'payment'
    left join payments r on r.ticket_id = t.id and r.kind = 'refund'
    where (t.status in ('paid', 'refunded')) <> (p.id is not null) or (t.status = 'refunded') <> (r.id is not null)
      or p.amount <> t.amount or p.payment_method <> t.payment_method or p.paid_at <> t.payment_date
      or r.amount <> t.amount or r.payment_method <> t.payment_method or r.paid_at < p.paid_at or r.paid_at > now()`,
  'ticket numbers of another day': sql`select count(*) as n from tickets
    where ticket_number not like concat('TKT-', date_format(created_at - ${LIMA}, '%Y%m%d'), '-______')`,
  'days with gaps in the ticket numbers': sql`select count(*) as n from (
    select left(ticket_number, 12) as day, count(*) as tickets, max(right(ticket_number, 6)) as last from tickets group by day
    ) d left join ticket_counters c on d.day = concat('TKT-', date_format(c.day, '%Y%m%d'))
    where d.tickets <> d.last or c.last is null or c.last <> d.last`,
  'prices that are not in the list': sql`select count(*) as n from appointments a
    left join predetermined_prices p on p.name = a.appointment_type where p.price is null or p.price <> a.price`,
};

/** The clinic's rules that appointments in the database break, recomputed by SQL; `now` is the database's. */
export async function brokenRules(db: Database): Promise<Record<string, number>> {
  const broken: Record<string, number> = {};
  for (const [name, query] of Object.entries(BROKEN)) {
    const [rows] = await db.execute(query);
    const [count] = rows as unknown as { n: number }[];
    if (count?.n !== 0) broken[name] = count?.n ?? -1;
  }
  return broken;
}
