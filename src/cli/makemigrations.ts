import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from './command.ts';

export const command = defineCommand({
  options: { name: { type: 'string', value: 'NAME', about: 'What the migration does, such as add_rooms' } },
  notes:
    'For developers: compares the tables.ts files with the last migration and writes the SQL between them.',
  run: async ({ name }) => {
    const tool = join(process.cwd(), 'node_modules/drizzle-kit/bin.cjs');
    if (!existsSync(tool) || !existsSync('drizzle.config.ts')) {
      throw new Error('Migrations are made in a development checkout: run it there, after `npm install`.');
    }
    const child = Bun.spawn(
      [process.execPath, tool, 'generate', ...(name === undefined ? [] : ['--name', name])],
      { stdio: ['inherit', 'inherit', 'inherit'] },
    );
    if ((await child.exited) !== 0) throw new Error('No migration was made.');
  },
});
