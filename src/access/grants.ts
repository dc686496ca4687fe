import { and, eq, isNull } from 'drizzle-orm';
import { roles } from '../modules/access/tables.ts';
import { users } from '../modules/users/tables.ts';
import type { Permission } from './enforcer.ts';

/** What a look-up of accounts selects to know what they may do beyond a built-in role; needs a LEFT JOIN {@link heldRole}. */
export const GRANTS = { direct: users.grants, byRole: roles.permissions };

/** ON: the role of the clinic's own that the account has. What a built-in one gives is policy.csv's alone. */
export const heldRole = and(eq(roles.name, users.role), eq(roles.isBuiltIn, false), isNull(roles.deletedAt));

/** {@link GRANTS} as one list. */
export const grantsOf = ({
  direct,
  byRole,
}: Record<keyof typeof GRANTS, Permission[] | null>): Permission[] => [...(byRole ?? []), ...(direct ?? [])];
