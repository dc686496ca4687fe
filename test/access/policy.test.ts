import { afterAll, beforeAll, expect, test } from 'bun:test';
import { manage, onDatabase } from '../cli/manage.ts';
import { startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

test('manage policy shows the clinic’s own roles beside the built-in ones', async () => {
  const admin = await app.as('administrator');
  const body = { name: 'Caja', permissions: ['tickets:read', 'appointments:create'] };
  expect((await admin.request('POST', '/api/roles/', { body })).status).toBe(201);
  const { code, out, err } = await manage(['policy'], { env: onDatabase(app.database.url) });
  expect([code, err]).toEqual([0, '']);
  const [header = '', ...rows] = out.split('\n').map((line) => line.split(/ +/));
  expect(header.slice(-2)).toEqual(['Caja', 'granted']);
  expect(rows).toContainEqual(['appointments:create', 'own', '-', 'any', '-', 'any', 'any', 'any']);
  expect(rows).toContainEqual(['notifications:read', 'own', 'own', 'own', 'own', 'own', 'own', 'own']);
  expect(rows).toContainEqual(['roles:write', '-', '-', 'any', '-', '-', '-', '-']);
});

test('manage policy goes without them where no database answers, and says so', async () => {
  const env = onDatabase('mysql://nobody:hidden-password@127.0.0.1:1/none');
  const { code, out, err } = await manage(['policy'], { env });
  expect(code).toBe(0);
  expect(out).toMatch(/^PERMISSION .* granted\n/);
  expect(err).toMatch(/^The clinic’s own roles are not shown\. /);
  expect(err).not.toContain('hidden-password');
});
