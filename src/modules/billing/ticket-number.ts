import { and, gte, inArray, like, or, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { literal } from '../../db/page.ts';
import { words } from '../../search-text.ts';
import { ticketCounters, tickets } from './tables.ts';

const SERIES = 'TKT-';

/** Digits of a ticket's number within its day. */
export const NUMBER_DIGITS = 6;

/** What the numbers of a day's tickets begin with. */
export const seriesOf = (day: string): string => `${SERIES}${day.replaceAll('-', '')}-`;

export const ticketNumberOf = (day: string, number: number): string =>
  `${seriesOf(day)}${String(number).padStart(NUMBER_DIGITS, '0')}`;

/**
 * WHERE: the ticket's number begins with each word that was typed, with or without `TKT` and hyphens, or the word is
 * its number within its day, with or without zeros before it. Undefined where a word cannot be of a ticket's number.
 */
export async function hasNumber(ctx: Ctx, search: string): Promise<SQL | undefined> {
  const conditions: SQL[] = [];
  for (const word of words(search)) {
    const condition = await hasPart(ctx, word.toUpperCase());
    if (!condition) return undefined;
    conditions.push(condition);
  }
  return and(...conditions);
}

async function hasPart(ctx: Ctx, word: string): Promise<SQL | undefined> {
  if (SERIES.startsWith(word)) return beginsWith(word);
  const [, day = '', number = ''] = /^(?:TKT-?)?(\d{0,8})-?(\d{0,6})$/.exec(word) ?? [];
  if (day === '' || (number !== '' && day.length < 8)) return undefined;
  const begins = beginsWith(`${SERIES}${day}${number === '' ? '' : `-${number}`}`);
  return new RegExp(`^\\d{1,${NUMBER_DIGITS}}$`).test(word)
    ? or(begins, inArray(tickets.ticketNumber, await onEveryDay(ctx, Number(word))))
    : begins;
}

const beginsWith = (start: string): SQL => like(tickets.ticketNumber, `${literal(start)}%`);

/** The tickets with that number within their day: the days are few, the tickets are many. */
async function onEveryDay(ctx: Ctx, number: number): Promise<string[]> {
  const days = await ctx.db
    .select({ day: ticketCounters.day })
    .from(ticketCounters)
    .where(gte(ticketCounters.last, number));
  return days.map(({ day }) => ticketNumberOf(day, number));
}
