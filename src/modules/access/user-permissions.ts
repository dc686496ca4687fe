import { and, eq, isNull } from 'drizzle-orm';
import type { Permission } from '../../access/enforcer.ts';
import { GRANTS, grantsOf, heldRole } from '../../access/grants.ts';
import type { Ctx } from '../../context.ts';
import { notFound } from '../../errors.ts';
import { users } from '../users/tables.ts';
import { visibleUsers } from '../users/users.ts';
import { permissionView } from './catalogue.ts';
import { roles } from './tables.ts';

/**
 * All that a person may do, with where it comes from: `superuser`, `direct` (granted to the person; also when the
 * role has it too) or `role:<name>`.
 * @throws AppError NOT_FOUND when there is no such person or the caller may not know
 */
export async function permissionsOfUser(ctx: Ctx, userId: number) {
  const [account] = await ctx.db
    .select({
      role: users.role,
      isSuperuser: users.isSuperuser,
      ...GRANTS,
    })
    .from(users)
    .leftJoin(roles, heldRole)
    .where(and(eq(users.id, userId), isNull(users.deletedAt), visibleUsers(ctx)));
  if (!account) throw notFound();
  const { role, isSuperuser, direct, byRole } = account;
  const grants = grantsOf({ direct, byRole });
  const sourceOf = (permission: Permission) => {
    if (isSuperuser) return 'superuser';
    return direct?.includes(permission) ? 'direct' : `role:${role}`;
  };
  return {
    user_id: userId,
    roles: [role],
    permissions: ctx.services.access.permissionsOf({ role, grants, isSuperuser }).map((permission) => {
      const { id, codename, name } = permissionView(ctx, permission);
      return { id, codename, name, source: sourceOf(permission) };
    }),
  };
}
