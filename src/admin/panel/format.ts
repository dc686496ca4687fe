import { currencySign, inWords } from '../../render/words.ts';
import { language } from './language.ts';

/** An amount (decimal text) with the sign of its currency, as the printed reports have it. */
export const money = (amount: string, currency: string): string =>
  `${currencySign(currency)}\u00A0${inWords(amount, 'money')}`;

/** A count with its thousands apart. */
export const count = (n: number): string => inWords(n, 'int');

/** The time of an instant of the API, which is the clinic's. */
export const timeOf = (instant: string): string => instant.slice(11, 16);

/** A day, `YYYY-MM-DD`, as people name it. */
export const dayInWords = (day: string): string =>
  new Intl.DateTimeFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));

/** Today's date in a time zone, `YYYY-MM-DD`. */
export const todayIn = (timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date());

/** The time of now in a time zone, `HH:MM`. */
export const nowIn = (timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' }).format(new Date());

export function plusDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Minutes as hours, with a decimal where there is one. */
export const hours = (minutes: number): string => String(Math.round(minutes / 6) / 10);

/** Lower case without accents, as the API's own search compares. */
export const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
