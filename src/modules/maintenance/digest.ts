import { and, count, eq, gte, isNull, lt, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import type { Language } from '../../errors.ts';
import { startOfDay } from '../../time.ts';
import { appointments } from '../appointments/tables.ts';
import { payments } from '../billing/tables.ts';
import { companies } from '../company/tables.ts';
import { type Content, oneLine } from '../notifications/messages/content.ts';
import { patients } from '../patients/tables.ts';

/** What happened in a week of the clinic's calendar; `income` is payments less refunds, as a decimal string. */
export type Week = {
  /** The Monday and the Sunday, `YYYY-MM-DD`. */
  from: string;
  to: string;
  appointments: number;
  completed: number;
  cancelled: number;
  noShow: number;
  newPatients: number;
  income: string;
  currency: string;
};

const inState = (status: 'completed' | 'cancelled' | 'no_show') =>
  sql`coalesce(sum(${appointments.status} = ${status}), 0)`.mapWith(Number);

/** The figures of the last whole week before `ctx.now`. */
export async function lastWeek(ctx: Ctx): Promise<Week> {
  const { timeZone } = ctx.services.config;
  const today = ctx.now.toZonedDateTimeISO(timeZone).toPlainDate();
  const monday = today.subtract({ days: today.dayOfWeek - 1 + 7 });
  const [from, to] = [monday.toString(), monday.add({ days: 6 }).toString()];
  const start = startOfDay(from, timeZone);
  const end = startOfDay(monday.add({ days: 7 }).toString(), timeZone);

  const [booked] = await ctx.db
    .select({
      appointments: count(),
      completed: inState('completed'),
      cancelled: inState('cancelled'),
      noShow: inState('no_show'),
    })
    .from(appointments)
    .where(and(gte(appointments.dateTime, start), lt(appointments.dateTime, end)));
  const [registered] = await ctx.db
    .select({ newPatients: count() })
    .from(patients)
    .where(and(gte(patients.createdAt, start), lt(patients.createdAt, end), isNull(patients.deletedAt)));
  const [earned] = await ctx.db
    .select({ income: INCOME })
    .from(payments)
    .where(and(gte(payments.paidAt, start), lt(payments.paidAt, end)));
  const [company] = await ctx.db
    .select({ currency: companies.currency })
    .from(companies)
    .where(eq(companies.id, 1));
  return {
    from,
    to,
    appointments: 0,
    completed: 0,
    cancelled: 0,
    noShow: 0,
    ...booked,
    newPatients: registered?.newPatients ?? 0,
    income: earned?.income ?? '0.00',
    currency: company?.currency ?? 'PEN',
  };
}

const INCOME = sql<string>`cast(coalesce(sum(if(${payments.kind} = 'refund', -${payments.amount}, ${payments.amount})), 0) as decimal(14, 2))`;

const LABELS = {
  es: {
    title: 'Resumen de la semana',
    lead: 'Esto pasó en la clínica la semana pasada.',
    closing: 'El detalle está en los reportes.',
    appointments: 'Citas',
    completed: 'Completadas',
    cancelled: 'Canceladas',
    noShow: 'No asistieron',
    newPatients: 'Pacientes nuevos',
    income: 'Ingresos',
  },
  en: {
    title: 'The week in short',
    lead: 'This is what happened in the clinic last week.',
    closing: 'The reports tell more.',
    appointments: 'Appointments',
    completed: 'Completed',
    cancelled: 'Cancelled',
    noShow: 'No-shows',
    newPatients: 'New patients',
    income: 'Income',
  },
} satisfies Record<Language, Record<string, string>>;

/** The week as a message to a supervisor; nobody is named in it. */
export function digestContent(week: Week, clinicName: string, language: Language): Content {
  const texts = LABELS[language];
  const title = `${texts.title}: ${week.from} – ${week.to}`;
  return {
    language,
    subject: title,
    title,
    lead: texts.lead,
    facts: [
      [texts.appointments, String(week.appointments)],
      [texts.completed, String(week.completed)],
      [texts.cancelled, String(week.cancelled)],
      [texts.noShow, String(week.noShow)],
      [texts.newPatients, String(week.newPatients)],
      [texts.income, `${week.currency} ${week.income}`],
    ],
    closing: texts.closing,
    short: `${oneLine(clinicName)}: ${texts.appointments} ${week.appointments}, ${texts.income} ${week.currency} ${week.income}.`,
  };
}
