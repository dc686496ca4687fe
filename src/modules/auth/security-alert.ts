import type { Ctx } from '../../context.ts';
import { emit } from '../../db/outbox.ts';
import { type SecurityEvent, sendSecurityAlert } from './jobs.ts';

/** Tells an account's owner what happened, when and from where, if the caller's transaction commits. */
export const alertOwner = (tx: Ctx, userId: number, event: SecurityEvent): Promise<void> =>
  emit(tx, sendSecurityAlert, {
    userId,
    event,
    at: tx.now.epochMilliseconds,
    ip: tx.ip,
    device: tx.userAgent?.slice(0, 255) ?? null,
  });
