import { and, count, eq, isNull } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Permission } from '../../access/enforcer.ts';
import { rightsChanged } from '../../access/rights-changed.ts';
import { type Ctx, transaction } from '../../context.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import { conflict, InvalidField, RuleViolation, type Text } from '../../errors.ts';
import { plain } from '../../search-text.ts';
import { users } from '../users/tables.ts';
import { isBuiltIn, ROLE_LABELS } from './built-in-roles.ts';
import { grantable } from './catalogue.ts';
import type { NewRole, RoleChanges, RoleQuery } from './roles-schemas.ts';
import { roles } from './tables.ts';

type RoleRow = typeof roles.$inferSelect;

const permissionsOf = (ctx: Ctx, { name, permissions }: RoleRow): Permission[] =>
  isBuiltIn(name) ? ctx.services.access.permissionsOf(name) : (permissions ?? []);

const roleView = (ctx: Ctx, row: RoleRow) => ({
  id: row.id,
  name: row.name,
  label: isBuiltIn(row.name) ? ROLE_LABELS[row.name][ctx.language] : row.name,
  description: row.description,
  is_built_in: row.isBuiltIn,
  permissions: permissionsOf(ctx, row),
});

const records = resource({
  entity: 'role',
  table: roles,
  view: (ctx, rows) => rows.map((row) => roleView(ctx, row)),
  ordering: { id: roles.id, name: roles.name },
  defaultOrdering: 'id',
  restore: 'roles:restore',
  committed: async (ctx, _, after) => {
    if (after) await rightsChanged(ctx, eq(users.role, after.name));
  },
});

export const { get: getRole, restore: restoreRole } = records;

export const listRoles = (ctx: Ctx, query: v.InferOutput<typeof RoleQuery>) =>
  records.list(ctx, query, containsWords(roles.name, query.search));

/** @throws FieldConflict, InvalidField, RuleViolation `administrator_only` */
export const createRole = (ctx: Ctx, input: v.InferOutput<typeof NewRole>) =>
  records.create(ctx, () => {
    assertFree(input.name);
    return { ...input, permissions: grantable(ctx, 'permissions', input.permissions) };
  });

/**
 * Changes a role, for everybody who has it. Of a built-in one only the description can change: its permissions are
 * policy.csv's.
 * @throws FieldConflict, InvalidField, RuleViolation `built_in_role` or `administrator_only`
 */
export const changeRole = (ctx: Ctx, id: number, input: v.InferOutput<typeof RoleChanges>) =>
  records.update(ctx, id, async (tx, current) => {
    const { name, permissions, ...rest } = input;
    if (current.isBuiltIn) {
      assertSame(tx, current, input);
      return rest;
    }
    if (name !== undefined && name !== current.name) await rename(tx, current.name, name);
    return {
      ...rest,
      ...(name === undefined ? {} : { name }),
      ...(permissions === undefined ? {} : { permissions: grantable(tx, 'permissions', permissions) }),
    };
  });

/** @throws RuleViolation `built_in_role`, or `role_in_use` while somebody has it */
export const removeRole = (ctx: Ctx, id: number) =>
  transaction(ctx, async (tx) => {
    const [role] = await tx.db.select().from(roles).where(eq(roles.id, id)).for('update');
    if (role && role.deletedAt === null) await assertUnused(tx, role);
    return records.remove(tx, id);
  });

/**
 * Whether a role can be given to people: built-in, or the clinic's own. To be called in the transaction that gives
 * it; the role is locked, so that nobody deletes it meanwhile.
 * @throws InvalidField against `role`
 */
export async function assertRole(tx: Ctx, name: string): Promise<void> {
  if (isBuiltIn(name)) return;
  const [role] = await tx.db
    .select({ name: roles.name })
    .from(roles)
    .where(and(eq(roles.name, name), isNull(roles.deletedAt)))
    .for('update');
  // The database takes `Caja` and `cája` for one name; an account keeps the role's own spelling.
  if (role?.name !== name) throw new InvalidField('role', UNKNOWN);
}

const UNKNOWN = { es: 'No existe.', en: 'Does not exist.' };

/** A built-in role's name is taken also where nobody listed the built-in roles yet. */
function assertFree(name: string): void {
  if (isBuiltIn(plain(name))) throw conflict('name', TAKEN);
}

const TAKEN = { es: 'Es un rol del sistema.', en: 'It is a built-in role.' };

async function rename(tx: Ctx, from: string, to: string): Promise<void> {
  assertFree(to);
  await tx.db.update(users).set({ role: to }).where(eq(users.role, from));
}

const rule = (name: string, message: Text) => new RuleViolation([{ rule: name, message }]);

/** A PUT names everything; what it leaves as it is changes nothing. */
function assertSame(
  ctx: Ctx,
  current: RoleRow,
  { name, permissions }: v.InferOutput<typeof RoleChanges>,
): void {
  const named = new Set<string | number>(permissions);
  const own = permissionsOf(ctx, current);
  const same = permissions === undefined || (named.size === own.length && own.every((one) => named.has(one)));
  if (same && (name ?? current.name) === current.name) return;
  throw rule('built_in_role', {
    es: 'El nombre y los permisos de un rol del sistema no se pueden cambiar.',
    en: 'The name and permissions of a built-in role cannot be changed.',
  });
}

async function assertUnused(tx: Ctx, { name, isBuiltIn: builtIn }: RoleRow): Promise<void> {
  if (builtIn) {
    throw rule('built_in_role', {
      es: 'Un rol del sistema no se puede eliminar.',
      en: 'A built-in role cannot be deleted.',
    });
  }
  const [row] = await tx.db
    .select({ people: count() })
    .from(users)
    .where(and(eq(users.role, name), isNull(users.deletedAt)));
  const people = row?.people ?? 0;
  if (people === 0) return;
  throw rule('role_in_use', {
    es: `Personas que tienen el rol: ${people}. Deles otro antes de eliminarlo.`,
    en: `People who have the role: ${people}. Give them another one before you delete it.`,
  });
}
