import { parseConfig } from '../config.ts';
import { guardOf } from '../access/guard.ts';
import { defineCommand } from './command.ts';
import { offlineApp } from './runtime.ts';
import { table } from './table.ts';

export const command = defineCommand({
  run: async () => {
    const { app } = await offlineApp(parseConfig(process.env));
    const rows = app.routes.map((route) => {
      const guard = guardOf(route);
      const access = guard.kind === 'permit' ? guard.permission : guard.kind;
      return [route.method, route.path, access, route.hooks.detail?.summary ?? ''];
    });
    const ordered = rows.toSorted(([, a = ''], [, b = '']) => a.localeCompare(b));
    process.stdout.write(table([['METHOD', 'PATH', 'PERMISSION', 'SUMMARY'], ...ordered]));
  },
});
