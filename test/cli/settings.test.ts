import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../src/config.ts';
import { ROOT } from './manage.ts';

const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const config = [...read('src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): v\./gm)].map(([, name = '']) => name);
const example = [...read('.env.example').matchAll(/^# ([A-Z][A-Z_]+)=(.*)$/gm)].map(
  ([, name = '', value = '']) => [name, value] as const,
);
const COMPOSE_ONLY = ['PUBLISHED_PORT', 'MYSQL_PASSWORD', 'MYSQL_ROOT_PASSWORD'];

test('the settings are found in config.ts', () => {
  expect(config.length).toBeGreaterThan(25);
  expect(config).toContainValues(['DATABASE_URL', 'PORT', 'STORAGE_DIR']);
});

describe('.env.example', () => {
  test('explains every setting, once, and no other', () => {
    expect(example.map(([name]) => name).toSorted()).toEqual([...config, ...COMPOSE_ONLY].toSorted());
  });

  test('sets nothing: a copy of it is the default', () => {
    expect(read('.env.example').match(/^[^#\n].*$/gm)).toBeNull();
  });

  test('shows the values that hold when nothing is set', () => {
    const shown = example.filter(([name, value]) => value !== '' && !COMPOSE_ONLY.includes(name));
    expect(shown.length).toBeGreaterThan(10);
    expect(parseConfig(Object.fromEntries(shown))).toEqual(parseConfig({}));
  });
});

describe('the table of the README', () => {
  const readme = read('README.md');
  const rows = readme.slice(readme.indexOf('## Configuration'), readme.indexOf('## Commands'));
  const named = [...rows.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name = '']) => name),
  );

  test('names every setting, once, and no other', () => {
    expect(named.toSorted()).toEqual(config.toSorted());
  });
});

test('the README lists every command', () => {
  const commands = [...read('src/cli.ts').matchAll(/^ {2}(\w+): \{/gm)].map(([, name = '']) => name);
  const readme = read('README.md');
  const table = readme.slice(readme.indexOf('## Commands'));
  expect(commands.length).toBeGreaterThan(15);
  for (const name of commands) expect(table).toMatch(new RegExp(`^\\| \`${name}[\` ]`, 'm'));
});
