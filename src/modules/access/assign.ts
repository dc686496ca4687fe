import { and, eq, isNull } from 'drizzle-orm';
import type * as v from 'valibot';
import { rightsChanged } from '../../access/rights-changed.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { InvalidField } from '../../errors.ts';
import { success } from '../../success.ts';
import { users } from '../users/tables.ts';
import { grantable, permissionView } from './catalogue.ts';
import type { AssignPermissions } from './schemas.ts';

const ASSIGNED = { es: 'Permisos asignados.', en: 'Permissions assigned.' };
const UNKNOWN = { es: 'No existe.', en: 'Does not exist.' };

/**
 * Makes these the permissions that the person is granted beyond the role, in force on the next request. An account
 * that is switched off has them once it is switched on.
 * @throws InvalidField for a person or permission that there is not, RuleViolation `administrator_only`
 */
export async function assignPermissions(ctx: Ctx, input: v.InferOutput<typeof AssignPermissions>) {
  const grants = grantable(ctx, 'permission_ids', input.permission_ids);
  const isUser = eq(users.id, input.user_id);
  await transaction(ctx, async (tx) => {
    const [account] = await tx.db
      .select({ grants: users.grants })
      .from(users)
      .where(and(isUser, isNull(users.deletedAt)))
      .for('update');
    if (!account) throw new InvalidField('user_id', UNKNOWN);
    await tx.db.update(users).set({ grants }).where(isUser);
    await audit(tx, {
      action: 'assign_permissions',
      entity: 'user',
      entityId: input.user_id,
      before: { permissions: account.grants ?? [] },
      after: { permissions: grants },
    });
  });
  await rightsChanged(ctx, isUser);
  return {
    ...success(ctx, ASSIGNED),
    permissions: grants.map((permission) => permissionView(ctx, permission)),
  };
}
