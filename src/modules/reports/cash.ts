import { and, eq, gt, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { endOfDay, startOfDay } from '../../time.ts';
import { payments, type PAYMENT_METHODS } from '../billing/tables.ts';

type Method = (typeof PAYMENT_METHODS)[number];

/** What the clinic's till is asked: the movements of one day, of some ways to pay or of all. */
export type TillDay = { date: string; methods?: readonly Method[] | undefined };

/** WHERE: the movement was on the day, from one midnight of the clinic to the next. */
export function onTillDay(ctx: Ctx, { date, methods }: TillDay): SQL | undefined {
  const { timeZone } = ctx.services.config;
  return and(
    gte(payments.paidAt, startOfDay(date, timeZone)),
    lt(payments.paidAt, endOfDay(date, timeZone)),
    methods?.length ? inArray(payments.paymentMethod, [...methods]) : undefined,
  );
}

/** WHERE: the movement follows another in the order of the day. */
export const behind = ({ paidAt, paymentId }: { paidAt: Temporal.Instant; paymentId: number }) =>
  or(gt(payments.paidAt, paidAt), and(eq(payments.paidAt, paidAt), gt(payments.id, paymentId)));

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

/** Sums by way to pay, and of all; amounts are decimal strings that the database added up. */
export async function tillSums(
  ctx: Ctx,
  day: TillDay,
): Promise<{ byMethod: (TillSums & { method: Method })[]; total: TillSums }> {
  const where = onTillDay(ctx, day);
  const byMethod = await ctx.db
    .select({ method: payments.paymentMethod, ...SUMS })
    .from(payments)
    .where(where)
    .groupBy(payments.paymentMethod)
    .orderBy(payments.paymentMethod);
  const [total] = await ctx.db.select(SUMS).from(payments).where(where);
  return { byMethod, total: total ?? NOTHING };
}

const NOTHING: TillSums = { payments: 0, paid: '0.00', refunds: 0, refunded: '0.00', net: '0.00' };
