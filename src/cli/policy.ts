import { loadAccess } from '../access/enforcer.ts';
import { ROLES } from '../context.ts';
import { defineCommand } from './command.ts';
import { table } from './table.ts';

export const command = defineCommand({
  notes:
    'any: every record; assigned: those of the own patients or appointments; own: the own record; -: refused.\nThe rules are in src/access/policy.csv.',
  run: async () => {
    const access = await loadAccess();
    const rows = access.permissions.map((permission) => [
      permission,
      ...ROLES.map((role) => access.scopes(role, permission).join('+') || '-'),
    ]);
    process.stdout.write(table([['PERMISSION', ...ROLES], ...rows]));
  },
});
