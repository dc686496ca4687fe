import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { localDay } from '../../time.ts';
import { availabilityChanged } from './availability.ts';
import { holidays } from './tables.ts';

/** Years that are filled: this one and the next two. */
const YEARS = 3;

/** Peru's public holidays of some years; the package knows the whole world's, so it is loaded only when needed. */
async function publicHolidays(firstYear: number): Promise<{ date: string; name: string }[]> {
  const { default: Holidays } = await import('date-holidays');
  const peru = new Holidays('PE', { languages: 'es', types: ['public'] });
  const years = Array.from({ length: YEARS }, (_, index) => firstYear + index);
  const days = years.flatMap((year) => peru.getHolidays(year));
  return days.map(({ date, name }) => ({ date: date.slice(0, 10), name }));
}

/** Fills an empty calendar with Peru's public holidays; one that the clinic has begun to keep is left alone. */
export async function ensureHolidays(ctx: Ctx): Promise<void> {
  const [known] = await ctx.db.select({ id: holidays.id }).from(holidays).limit(1);
  if (known) return;
  const year = Number(localDay(ctx.now, ctx.services.config.timeZone).slice(0, 4));
  const days = await publicHolidays(year);
  await transaction(ctx, async (tx) => {
    for (const { date, name } of days) {
      await tx.db.insert(holidays).values({ date, name }).onDuplicateKeyUpdate({ set: { date } });
    }
    await availabilityChanged(tx);
    await audit(tx, {
      action: 'fill',
      entity: 'holiday',
      entityId: '*',
      after: { from: year, to: year + YEARS - 1, days: days.length },
    });
  });
}
