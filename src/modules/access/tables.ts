import { boolean, mysqlTable, text, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import type { Permission } from '../../access/enforcer.ts';
import { id, jsonOf, softDelete, timestamps } from '../../db/columns.ts';

/** The built-in roles, whose permissions are in policy.csv, and those that the clinic makes for itself. */
export const roles = mysqlTable(
  'roles',
  {
    id: id(),
    name: varchar({ length: 50 }).notNull(),
    description: text(),
    isBuiltIn: boolean().notNull().default(false),
    /** Of a role of the clinic's own; read with every session of the people who have it. */
    permissions: jsonOf<Permission[]>(),
    ...timestamps,
    ...softDelete,
  },
  (t) => [uniqueIndex('uq_roles__name').on(t.name)],
);
