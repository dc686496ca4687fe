import { and, asc, between, eq, isNull } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { remembered } from '../../db/remembered.ts';
import { fullName } from '../../person.ts';
import { localDay } from '../../time.ts';
import { predeterminedPrices } from '../billing/tables.ts';
import { toTimeText } from '../therapists/schedule.ts';
import { holidays, scheduleBlocks, specialties, therapists } from '../therapists/tables.ts';
import { specialtiesOf } from '../therapists/therapist-specialties.ts';
import { merged } from '../therapists/working-hours.ts';
import { companyProfile } from './profile.ts';
import { companyView } from './view.ts';

/** Of each list: a page for people has no more. */
const MOST = 500;

const lists = remembered(30_000, async (ctx) => {
  const offered = await activeSpecialties(ctx);
  return {
    specialties: offered,
    therapists: await activeTherapists(ctx, new Set(offered.map(({ id }) => id))),
    opening_hours: await openingHours(ctx),
    holidays: await comingHolidays(ctx),
    prices: await priceList(ctx),
  };
});

/** All that the clinic tells everybody; of its people only names and specialties. At most half a minute old. */
export async function clinicPage(ctx: Ctx) {
  return { ...companyView(ctx, await companyProfile(ctx)), ...(await lists.get(ctx)) };
}

const activeSpecialties = ({ db }: Ctx) =>
  db
    .select({ id: specialties.id, name: specialties.name, description: specialties.description })
    .from(specialties)
    .where(and(eq(specialties.isActive, true), isNull(specialties.deletedAt)))
    .orderBy(asc(specialties.name))
    .limit(MOST);

const IS_WORKING = and(eq(therapists.isActive, true), isNull(therapists.deletedAt));

async function activeTherapists(ctx: Ctx, offered: Set<number>) {
  const rows = await ctx.db
    .select({
      id: therapists.id,
      firstName: therapists.firstName,
      paternalLastName: therapists.paternalLastName,
      maternalLastName: therapists.maternalLastName,
    })
    .from(therapists)
    .where(IS_WORKING)
    .orderBy(asc(therapists.paternalLastName), asc(therapists.maternalLastName), asc(therapists.firstName))
    .limit(MOST);
  const named = await specialtiesOf(
    ctx,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    full_name: fullName(row),
    specialties: (named.get(row.id) ?? []).filter(({ id }) => offered.has(id)).map(({ name }) => name),
  }));
}

/** When at least one therapist works, by weekday. */
async function openingHours({ db }: Ctx) {
  const blocks = await db
    .selectDistinct({
      weekday: scheduleBlocks.weekday,
      start: scheduleBlocks.startMinute,
      end: scheduleBlocks.endMinute,
    })
    .from(scheduleBlocks)
    .innerJoin(therapists, eq(therapists.id, scheduleBlocks.therapistId))
    .where(IS_WORKING)
    .orderBy(asc(scheduleBlocks.weekday), asc(scheduleBlocks.startMinute), asc(scheduleBlocks.endMinute));
  return [...Map.groupBy(blocks, ({ weekday }) => weekday)].flatMap(([weekday, some]) =>
    merged(some.map(({ start, end }) => ({ start, end }))).map(({ start, end }) => ({
      weekday,
      start_time: toTimeText(start),
      end_time: toTimeText(end),
    })),
  );
}

function comingHolidays({ db, now, services }: Ctx) {
  const { timeZone } = services.config;
  const today = localDay(now, timeZone);
  const inAYear = localDay(now.add({ hours: 365 * 24 }), timeZone);
  return db
    .select({ date: holidays.date, name: holidays.name })
    .from(holidays)
    .where(and(between(holidays.date, today, inAYear), isNull(holidays.deletedAt)))
    .orderBy(asc(holidays.date))
    .limit(MOST);
}

const priceList = ({ db }: Ctx) =>
  db
    .select({ name: predeterminedPrices.name, price: predeterminedPrices.price })
    .from(predeterminedPrices)
    .where(isNull(predeterminedPrices.deletedAt))
    .orderBy(asc(predeterminedPrices.name))
    .limit(MOST);
