import { boolean, index, mysqlEnum, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import type { Permission } from '../../access/enforcer.ts';
import { id, instant, jsonOf, reference, softDelete, timestamps } from '../../db/columns.ts';

/** Accounts. A person's clinical or professional data is in `patients` and `therapists`, linked by `user_id`. */
export const users = mysqlTable(
  'users',
  {
    id: id(),
    username: varchar({ length: 150 }).notNull(),
    email: varchar({ length: 254 }).notNull(),
    passwordHash: varchar({ length: 255 }).notNull(),
    firstName: varchar({ length: 150 }).notNull(),
    lastName: varchar({ length: 150 }).notNull(),
    phone: varchar({ length: 20 }),
    /** A built-in role, or the name of one of `roles`. */
    role: varchar({ length: 50 }).notNull(),
    /** What the person may do beyond the role; read with every session. */
    grants: jsonOf<Permission[]>(),
    language: mysqlEnum(['es', 'en']).notNull().default('es'),
    isActive: boolean().notNull().default(true),
    isSuperuser: boolean().notNull().default(false),
    lastLogin: instant(),
    /** The key of the picture in the file store. */
    photo: varchar({ length: 120 }),
    ...timestamps,
    ...softDelete,
  },
  (t) => [
    uniqueIndex('uq_users__username').on(t.username),
    uniqueIndex('uq_users__email').on(t.email),
    index('users_role').on(t.role),
    index('users_active').on(t.isActive),
    index('users_name').on(t.lastName, t.firstName),
    index('users_created').on(t.createdAt),
    index('users_last_login').on(t.lastLogin),
  ],
);

/** Signed-in devices. A request needs a live row here (or its copy in Redis), so that a logout works at once. */
export const sessions = mysqlTable(
  'sessions',
  {
    id: varchar({ length: 36 }).primaryKey(),
    userId: reference()
      .notNull()
      .references(() => users.id),
    /** SHA-256 of the one refresh token that is valid now (RFC 9700, 4.14.2: rotation). */
    refreshHash: varchar({ length: 64 }).notNull(),
    device: varchar({ length: 255 }),
    ip: varchar({ length: 45 }),
    createdAt: instant().notNull(),
    lastSeenAt: instant().notNull(),
    expiresAt: instant().notNull(),
    revokedAt: instant(),
  },
  (t) => [index('sessions_user').on(t.userId, t.revokedAt), index('sessions_expiry').on(t.expiresAt)],
);
