import { expect, test } from 'bun:test';
import { createRenderer } from '../../src/render/renderer.ts';

test('a thread that is made ready renders what nobody needs, and gives its place back', async () => {
  const renderer = createRenderer({ threads: 1, waiting: 1, timeoutMs: 30_000 });
  await renderer.warm();
  const heading = {
    language: 'es',
    currency: 'PEN',
    company: ['Clínica'],
    title: 'Caja',
    facts: [],
    logo: null,
  } as const;
  const table = { title: 'Lista', columns: [], rows: [], totals: null };
  const { signal } = new AbortController();
  const file = await renderer.render({ ...heading, tables: [table] }, 'csv', signal);
  expect(new TextDecoder().decode(file)).toBe('\r\n');
}, 60_000);
