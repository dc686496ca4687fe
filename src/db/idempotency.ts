import { and, eq, lt } from 'drizzle-orm';
import { index, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../context.ts';
import { AppError } from '../errors.ts';
import { id, instant, jsonOf } from './columns.ts';
import { duplicateField } from './failure.ts';

/** Answers of creating requests, kept so that a repeated request gets the first one's answer. */
export const idempotencyKeys = mysqlTable(
  'idempotency_keys',
  {
    id: id(),
    /** Who sent the key: keys of two users never meet. */
    scope: varchar({ length: 60 }).notNull(),
    key: varchar({ length: 200 }).notNull(),
    fingerprint: varchar({ length: 64 }).notNull(),
    answer: jsonOf<{ value: unknown }>(),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('uq_idempotency_keys__key').on(t.scope, t.key),
    index('idempotency_keys_created').on(t.createdAt),
  ],
);

/** How long a key is remembered (contract, "Headers"). */
const KEPT = { hours: 24 };

/** A creating request's `Idempotency-Key`; `replayed` is set when the answer is a stored one. */
export type Idempotency = { scope: string; key: string; fingerprint: string; replayed: boolean };

/** The key was used before: the transaction that met it is rolled back and the stored answer is given instead. */
class AlreadyAnswered extends Error {}

/**
 * Runs `work` so that its answer is stored under the request's key in the same transaction: the key is claimed
 * first (a second request with the key waits here for the first one's commit), the answer written last.
 * @throws AppError IDEMPOTENCY_KEY_REUSED when the key belongs to another request.
 */
export async function answerOnce<T>(tx: Ctx, idempotency: Idempotency, work: () => Promise<T>): Promise<T> {
  const { scope, key, fingerprint } = idempotency;
  const mine = and(eq(idempotencyKeys.scope, scope), eq(idempotencyKeys.key, key));
  await tx.db.delete(idempotencyKeys).where(and(mine, lt(idempotencyKeys.createdAt, tx.now.subtract(KEPT))));
  try {
    await tx.db.insert(idempotencyKeys).values({ scope, key, fingerprint, createdAt: tx.now });
  } catch (error) {
    throw duplicateField(error) ? new AlreadyAnswered() : error;
  }
  const answer = await work();
  await tx.db
    .update(idempotencyKeys)
    .set({ answer: { value: answer } })
    .where(mine);
  return answer;
}

/**
 * Turns {@link answerOnce}'s refusal into the stored answer, after its transaction was rolled back.
 * @throws the error itself when it is any other, or AppError IDEMPOTENCY_KEY_REUSED.
 */
export async function storedAnswer(ctx: Ctx, idempotency: Idempotency, error: unknown): Promise<unknown> {
  if (!(error instanceof AlreadyAnswered)) throw error;
  const [stored] = await ctx.db
    .select({ fingerprint: idempotencyKeys.fingerprint, answer: idempotencyKeys.answer })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.scope, idempotency.scope), eq(idempotencyKeys.key, idempotency.key)));
  if (!stored || stored.fingerprint !== idempotency.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
  idempotency.replayed = true;
  return stored.answer?.value;
}
