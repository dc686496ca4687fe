import { sql } from 'drizzle-orm';
import { bigint, customType, date, decimal } from 'drizzle-orm/mysql-core';

/** A prepared statement hands its NULLs to the column, too; Drizzle's type does not say so. */
const orNull = <T>(value: T, encode: (value: T) => string): string =>
  value === null ? (null as unknown as string) : encode(value);

/** DATETIME(3) in UTC, read and written as `Temporal.Instant`. */
export const instant = customType<{ data: Temporal.Instant; driverData: string }>({
  dataType: () => 'datetime(3)',
  toDriver: (value) => orNull(value, toUtcText),
  fromDriver: (text) => Temporal.Instant.fromEpochMilliseconds(fromUtcText(text)),
});

/** How the database writes an instant, to the millisecond (MySQL would round a longer fraction up). */
export const toUtcText = (value: Temporal.Instant): string =>
  new Date(value.epochMilliseconds).toISOString().slice(0, 23).replace('T', ' ');

/** The other way round, as epoch milliseconds. By digits: a page of a list has eighty of them. */
export const fromUtcText = (text: string): number =>
  Date.UTC(
    100 * two(text, 0) + two(text, 2),
    two(text, 5) - 1,
    two(text, 8),
    two(text, 11),
    two(text, 14),
    two(text, 17),
    text.length < 20 ? 0 : Number(text.slice(20, 23).padEnd(3, '0')),
  );

const ZERO = 48;
const two = (text: string, at: number): number =>
  10 * (text.charCodeAt(at) - ZERO) + text.charCodeAt(at + 1) - ZERO;

/** The primary key of every table. */
export const id = () => bigint({ mode: 'number', unsigned: true }).primaryKey().autoincrement();

/** A reference to another table's {@link id}. */
export const reference = () => bigint({ mode: 'number', unsigned: true });

/** Soles and cents as a decimal string: never a float (contract, "Conventions"). */
export const money = () => decimal({ precision: 10, scale: 2 });

/** A calendar day as `YYYY-MM-DD`. */
export const day = () => date({ mode: 'string' });

const NOW = sql`(now(3))`;

/** When a row was made and last changed; the writer sets `updatedAt`. */
export const timestamps = {
  createdAt: instant().notNull().default(NOW),
  updatedAt: instant().notNull().default(NOW),
};

/** Set when a row was deleted by a user: it is kept, and hidden from everyone but administrators. */
export const softDelete = { deletedAt: instant() };

/** A JSON object or array. MySQL hands it over parsed, MariaDB (where JSON is text) as a string. */
export const jsonOf = <T extends object>() =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'json',
    toDriver: (value) => orNull(value, JSON.stringify),
    fromDriver: (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value) as T,
  })();
