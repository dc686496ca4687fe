import { AMOUNTS, type Amount, COUNTS, type Count, type Method } from './tables.ts';
import { PAYMENT_METHODS } from '../../billing/tables.ts';
import { STATUSES } from '../../appointments/status.ts';

/** Figures that can be added up; amounts are whole cents. */
export type Sums = Record<Count | Amount, number>;

/** A row of figures as the database has it: sums are decimal strings, and so are amounts. */
export type SumsRow = Record<Count, number | string> & Record<Amount, string>;

const NOTHING = Object.fromEntries([...COUNTS, ...AMOUNTS].map((key) => [key, 0])) as Sums;

export const noSums = (): Sums => ({ ...NOTHING });

/** Adds a row of the database, exactly. */
export function addRow(sums: Sums, row: Partial<SumsRow>): void {
  for (const key of COUNTS) sums[key] += Number(row[key] ?? 0);
  for (const key of AMOUNTS) sums[key] += toCents(row[key] ?? '0.00');
}

export function add(sums: Sums, more: Sums): void {
  for (const key of COUNTS) sums[key] += more[key];
  for (const key of AMOUNTS) sums[key] += more[key];
}

/** The entry of a key, which begins with nothing. */
export function entry<Key>(sums: Map<Key, Sums>, key: Key): Sums {
  const known = sums.get(key);
  if (known) return known;
  const made = noSums();
  sums.set(key, made);
  return made;
}

/** The figures of some days or therapists together. */
export function together(parts: Iterable<Sums>): Sums {
  const sums = noSums();
  for (const part of parts) add(sums, part);
  return sums;
}

/** Whole cents of a decimal string with two digits. */
export const toCents = (text: string): number => Number(text.replace('.', ''));

/** A decimal string with two digits. */
export function toMoney(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export const appointmentsIn = (sums: Sums): number =>
  STATUSES.reduce((total, status) => total + sums[status], 0);
export const paymentsIn = (sums: Sums): number => sumOf((method) => sums[`payments_${method}`]);
/** Cents that were taken less those that were given back. */
export const netIn = (sums: Sums): number => sumOf((method) => sums[`net_${method}`]);

const sumOf = (figure: (method: Method) => number): number =>
  PAYMENT_METHODS.reduce((total, method) => total + figure(method), 0);
