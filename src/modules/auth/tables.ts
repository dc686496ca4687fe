import { int, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import { id, instant, reference } from '../../db/columns.ts';
import { users } from '../users/tables.ts';

/** The one reset link of an account that is good now: a newer one takes its place. */
export const passwordResets = mysqlTable(
  'password_resets',
  {
    userId: reference()
      .primaryKey()
      .references(() => users.id),
    /** Keyed hash of the token; null once it was used. */
    tokenHash: varchar({ length: 64 }),
    requestedAt: instant().notNull(),
  },
  (t) => [uniqueIndex('uq_password_resets__token').on(t.tokenHash)],
);

/** An account's authenticator (TOTP, RFC 6238). */
export const twoFactor = mysqlTable('two_factor', {
  userId: reference()
    .primaryKey()
    .references(() => users.id),
  /** Encrypted (`access/sealer.ts`). */
  secret: varchar({ length: 255 }).notNull(),
  /** Null while the person has not yet shown a code of it. */
  enabledAt: instant(),
  /** The time step of the last code that was taken: it and those before it are spent (RFC 6238, 5.2). */
  lastStep: int({ unsigned: true }).notNull().default(0),
});

/** The recovery codes that were not used yet, as keyed hashes. */
export const recoveryCodes = mysqlTable(
  'recovery_codes',
  {
    id: id(),
    userId: reference()
      .notNull()
      .references(() => users.id),
    codeHash: varchar({ length: 64 }).notNull(),
  },
  (t) => [uniqueIndex('uq_recovery_codes__code').on(t.userId, t.codeHash)],
);
