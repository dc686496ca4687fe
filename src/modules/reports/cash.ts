import { and, asc, eq, gt, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { statements } from '../../db/statement.ts';
import { type PAYMENT_METHODS, payments } from '../billing/tables.ts';
import { asRead, inBatches } from './batches.ts';
import { type DayBounds, dayBounds, isOnDays } from './day-bounds.ts';

type Method = (typeof PAYMENT_METHODS)[number];

/** What the clinic's till is asked: the movements of one day, of some ways to pay or of all. */
export type TillDay = { date: string; methods?: readonly Method[] | undefined };

/** Where in the till's book to read: what moved from `from` on, or at that moment with a higher id, until before `end`. */
type Stretch = DayBounds & { id: number };

export type Page = Stretch & { limit: number };

const stretchOf = (ctx: Ctx, { date }: TillDay): Stretch => ({
  ...dayBounds(ctx, { from: date, to: date }),
  id: 0,
});

/** What a statement is built for: some ways to pay, or all. */
export type Ways = { methods: readonly Method[] };
const waysOf = ({ methods = [] }: TillDay): Ways => ({ methods: [...new Set(methods)].toSorted() });

/** WHERE of a statement: the movement is in the {@link Stretch}, by one of the ways. */
export const isInStretch = ({ methods }: Ways): SQL | undefined =>
  and(
    isOnDays(payments.paidAt),
    or(gt(payments.paidAt, sql.placeholder('from')), gt(payments.id, sql.placeholder('id'))),
    methods.length > 0 ? inArray(payments.paymentMethod, [...methods]) : undefined,
  );

/** ORDER BY: as it happened. */
export const AS_IT_HAPPENED = [asc(payments.paidAt), asc(payments.id)];

type Movement = { paidAt: Temporal.Instant; paymentId: number };
type Next<Row> = (db: Ctx['db'], ways: Ways, page: Page) => Promise<Row[]>;

/** The movements of a day, some at a time; `next` is a statement with {@link isInStretch} and {@link AS_IT_HAPPENED}. */
export function movementsOf<Row extends Movement>(
  ctx: Ctx,
  day: TillDay,
  next: Next<Row>,
): AsyncGenerator<readonly Row[]> {
  const [whole, ways] = [stretchOf(ctx, day), waysOf(day)];
  const read = (last: Row | undefined, limit: number) => {
    const behind = last ? { from: last.paidAt, id: last.paymentId } : {};
    return next(ctx.db, ways, { ...whole, ...behind, limit });
  };
  return inBatches(ctx.services.pace, read, asRead);
}

/** The amount with its sign: money that was given back is negative. */
export const signedAmount = sql<string>`if(${payments.kind} = 'refund', -${payments.amount}, ${payments.amount})`;

const isPayment = eq(payments.kind, 'payment');
const isRefund = eq(payments.kind, 'refund');
const counted = (which: SQL) => sql<number>`count(if(${which}, 1, null))`.mapWith(Number);
const summed = (which: SQL) => sql<string>`coalesce(sum(if(${which}, ${payments.amount}, 0)), 0)`;

const SUMS = {
  payments: counted(isPayment),
  paid: summed(isPayment),
  refunds: counted(isRefund),
  refunded: summed(isRefund),
  /** Payments less refunds. */
  net: sql<string>`coalesce(sum(${signedAmount}), 0)`,
};

export type TillSums = { payments: number; paid: string; refunds: number; refunded: string; net: string };

const sumsByMethod = statements<Ways, Stretch, (TillSums & { method: Method })[]>((db, ways) =>
  db
    .select({ method: payments.paymentMethod, ...SUMS })
    .from(payments)
    .where(isInStretch(ways))
    .groupBy(payments.paymentMethod)
    .orderBy(payments.paymentMethod),
);
const sumsOfAll = statements<Ways, Stretch, TillSums[]>((db, ways) =>
  db.select(SUMS).from(payments).where(isInStretch(ways)),
);

/** Sums by way to pay, and of all; amounts are decimal strings that the database added up. */
export async function tillSums(
  ctx: Ctx,
  day: TillDay,
): Promise<{ byMethod: (TillSums & { method: Method })[]; total: TillSums }> {
  const [ways, stretch] = [waysOf(day), stretchOf(ctx, day)];
  const [byMethod, [total]] = await Promise.all([
    sumsByMethod(ctx.db, ways, stretch),
    sumsOfAll(ctx.db, ways, stretch),
  ]);
  return { byMethod, total: total ?? NOTHING };
}

const NOTHING: TillSums = { payments: 0, paid: '0.00', refunds: 0, refunded: '0.00', net: '0.00' };
