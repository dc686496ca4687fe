import { and, eq, isNull } from 'drizzle-orm';
import { mayActForTherapist } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { AppError, notFound } from '../../errors.ts';
import { therapists } from './tables.ts';

/** @throws AppError NOT_FOUND */
export async function assertTherapist(ctx: Ctx, therapistId: number): Promise<void> {
  const [known] = await ctx.db
    .select({ id: therapists.id })
    .from(therapists)
    .where(and(eq(therapists.id, therapistId), isNull(therapists.deletedAt)));
  if (!known) throw notFound();
}

/**
 * Locks the therapist as a booking does, so that when they work does not change under one.
 * @throws AppError NOT_FOUND, or INSUFFICIENT_PERMISSIONS for another therapist's times
 */
export async function lockTherapist(tx: Ctx, therapistId: number): Promise<void> {
  if (!mayActForTherapist(tx, therapistId)) throw new AppError('INSUFFICIENT_PERMISSIONS');
  await tx.db
    .select({ id: therapists.id })
    .from(therapists)
    .where(eq(therapists.id, therapistId))
    .for('update');
  await assertTherapist(tx, therapistId);
}
