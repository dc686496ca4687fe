import { eq } from 'drizzle-orm';
import { closeAllSessions } from '../auth/sessions.ts';
import { passwordResets, recoveryCodes, twoFactor } from '../auth/tables.ts';
import type { PersonalData } from '../patients/personal-data.ts';
import { portable } from '../patients/portable.ts';
import { sessions, users } from './tables.ts';

/** A patient's account, without its secrets. */
export const accountData: PersonalData = {
  read: async (tx, { userId }) => {
    if (userId === null) return { account: null, sessions: [] };
    const [account] = await tx.db
      .select({
        id: users.id,
        username: users.username,
        email: users.email,
        firstName: users.firstName,
        lastName: users.lastName,
        phone: users.phone,
        role: users.role,
        language: users.language,
        isActive: users.isActive,
        lastLogin: users.lastLogin,
        createdAt: users.createdAt,
      })
      .from(users)
      .where(eq(users.id, userId));
    const opened = await tx.db
      .select({
        device: sessions.device,
        ip: sessions.ip,
        createdAt: sessions.createdAt,
        lastSeenAt: sessions.lastSeenAt,
      })
      .from(sessions)
      .where(eq(sessions.userId, userId));
    const [shown = null] = portable(tx, account ? [account] : []);
    return { account: shown, sessions: portable(tx, opened) };
  },
  erase: async (tx, { userId }) => {
    if (userId === null) return {};
    const thisUser = eq(users.id, userId);
    const [account] = await tx.db.select({ photo: users.photo }).from(users).where(thisUser).for('update');
    const closed = await closeAllSessions(tx, userId);
    await tx.db.update(sessions).set({ device: null, ip: null }).where(eq(sessions.userId, userId));
    await tx.db.delete(passwordResets).where(eq(passwordResets.userId, userId));
    await tx.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
    await tx.db.delete(twoFactor).where(eq(twoFactor.userId, userId));
    await tx.db
      .update(users)
      .set({
        username: `anonimo-${userId}`,
        // No mail reaches a name under .invalid (RFC 2606).
        email: `anonimo-${userId}@anonimo.invalid`,
        passwordHash: 'none',
        firstName: 'Paciente',
        lastName: 'Anónimo',
        phone: null,
        grants: null,
        photo: null,
        lastLogin: null,
        isActive: false,
        deletedAt: tx.now,
        updatedAt: tx.now,
      })
      .where(thisUser);
    return {
      audited: [{ entity: 'user', ids: [userId] }],
      files: account?.photo ? [account.photo] : [],
      sessions: closed,
    };
  },
};
