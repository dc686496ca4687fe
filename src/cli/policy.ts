import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { and, eq, isNull } from 'drizzle-orm';
import { type Access, loadAccess, type Permission } from '../access/enforcer.ts';
import { type Config, parseConfig } from '../config.ts';
import { ROLES } from '../context.ts';
import { isGrantable } from '../modules/access/catalogue.ts';
import { roles } from '../modules/access/tables.ts';
import { defineCommand } from './command.ts';
import { explain } from './explain.ts';
import { withRuntime } from './runtime.ts';
import { table } from './table.ts';

type OwnRole = { name: string; permissions: Permission[] };

export const command = defineCommand({
  notes:
    'any: every record; assigned: those of the own patients or appointments; own: the own record; -: refused.\nThe rules are in src/access/policy.csv; a grant, to a person or by a role of the clinic’s own, reaches as far as the\ncolumn "granted" says. Roles of the clinic’s own are shown when there is a database that answers.',
  run: async () => {
    const access = await loadAccess();
    process.stdout.write(matrix(access, await ownRoles(parseConfig(process.env))));
  },
});

/** None, with a word about it, where no database answers: what policy.csv says can be printed all the same. */
async function ownRoles(config: Config): Promise<OwnRole[]> {
  if (config.embedded && !existsSync(join(config.storageDir, 'mysql'))) return [];
  const found: OwnRole[] = [];
  try {
    await withRuntime(async ({ services }) => {
      const rows = await services.db
        .select({ name: roles.name, permissions: roles.permissions })
        .from(roles)
        .where(and(eq(roles.isBuiltIn, false), isNull(roles.deletedAt)))
        .orderBy(roles.name);
      found.push(...rows.map(({ name, permissions }) => ({ name, permissions: permissions ?? [] })));
    });
  } catch (error) {
    process.stderr.write(`The clinic’s own roles are not shown. ${explain(error)}\n`);
  }
  return found;
}

function matrix(access: Access, own: OwnRole[]): string {
  const rows = access.permissions.map((permission) => {
    const granted = access.grantedScopes(permission).join('+');
    const cells = [
      ...ROLES.map((role) => access.scopes(role, permission).join('+')),
      ...own.map(({ name, permissions }) =>
        access.scopesOf({ role: name, grants: permissions, isSuperuser: false }, permission).join('+'),
      ),
      isGrantable(permission) ? granted : '',
    ];
    return [permission, ...cells.map((cell) => cell || '-')];
  });
  return table([['PERMISSION', ...ROLES, ...own.map(({ name }) => name), 'granted'], ...rows]);
}
