import type * as v from 'valibot';
import type { Permission } from '../../access/enforcer.ts';
import { permissionId } from '../../access/permission-id.ts';
import type { Ctx } from '../../context.ts';
import { page } from '../../db/page.ts';
import { InvalidField, RuleViolation } from '../../errors.ts';
import { plain, words } from '../../search-text.ts';
import { permissionName } from './permission-names.ts';
import type { PermissionQuery } from './schemas.ts';

/**
 * Modules whose permissions make an administrator of whoever has them (one could give oneself the rest): they come
 * with a built-in role only, never by a grant or a role of the clinic's own.
 */
const RESERVED = new Set(['permissions', 'roles', 'users']);

const moduleOf = (permission: Permission) => permission.slice(0, permission.indexOf(':'));

/** Whether the permission can be granted to people and put into roles. */
export const isGrantable = (permission: Permission): boolean => !RESERVED.has(moduleOf(permission));

/** A permission as the catalogue shows it, named in the caller's language. */
export const permissionView = (ctx: Ctx, permission: Permission) => ({
  id: permissionId(permission),
  codename: permission,
  name: permissionName(permission, ctx.language),
  module: moduleOf(permission),
});

/** The permissions of policy.csv by codename, by `module` and by words of their names and codenames. */
export async function listPermissions(ctx: Ctx, query: v.InferOutput<typeof PermissionQuery>) {
  const wanted = words(query.search);
  const found = ctx.services.access.permissions
    .map((permission) => permissionView(ctx, permission))
    .filter(({ module, name, codename }) => {
      const text = plain(`${name} ${codename}`);
      return module === (query.module ?? module) && wanted.every((word) => text.includes(word));
    });
  return page(ctx, query, {
    name: 'permission',
    count: async () => found.length,
    results: async (limit, offset) => found.slice(offset, offset + limit),
  });
}

/**
 * The permissions that an input names by codename or id, sorted, each once.
 * @throws InvalidField against `field` for one that there is not
 * @throws RuleViolation `administrator_only` for one that only administrators may have
 */
export function grantable(ctx: Ctx, field: string, named: readonly (string | number)[]): Permission[] {
  const { permissions } = ctx.services.access;
  const known = new Map<string | number, Permission>(
    permissions.flatMap((permission) => [
      [permission, permission],
      [permissionId(permission), permission],
    ]),
  );
  const unknown = named.filter((one) => !known.has(one));
  if (unknown.length > 0) {
    throw new InvalidField(field, {
      es: `No existe: ${unknown.join(', ')}.`,
      en: `Does not exist: ${unknown.join(', ')}.`,
    });
  }
  const found = [...new Set(named.flatMap((one) => known.get(one) ?? []))].toSorted();
  const reserved = found.filter((permission) => !isGrantable(permission));
  if (reserved.length > 0) {
    throw new RuleViolation([
      {
        rule: 'administrator_only',
        message: {
          es: `Solo un administrador puede tener: ${reserved.join(', ')}.`,
          en: `Only an administrator may have: ${reserved.join(', ')}.`,
        },
      },
    ]);
  }
  return found;
}
