import { eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { users } from '../users/tables.ts';
import { alertOwner } from './security-alert.ts';
import { closeAllSessions } from './sessions.ts';
import { passwordResets } from './tables.ts';

type Change = {
  userId: number;
  passwordHash: string;
  event: 'password_changed' | 'password_reset';
  keep?: string;
};

/**
 * Gives an account another password, inside the caller's transaction: its sessions but `keep` are closed, a reset link
 * that is still open is void, and the person is told. Returns the closed sessions' ids; `sessions.changed` must follow
 * the commit.
 */
export async function setPassword(tx: Ctx, { userId, passwordHash, event, keep }: Change): Promise<string[]> {
  await tx.db.update(users).set({ passwordHash, updatedAt: tx.now }).where(eq(users.id, userId));
  await tx.db.update(passwordResets).set({ tokenHash: null }).where(eq(passwordResets.userId, userId));
  const closed = await closeAllSessions(tx, userId, keep ?? null);
  await audit(tx, {
    action: event,
    entity: 'user',
    entityId: userId,
    after: { sessions_closed: closed.length },
  });
  await alertOwner(tx, userId, event);
  return closed;
}
