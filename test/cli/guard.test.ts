import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Elysia } from 'elysia';
import { assertGuarded } from '../../src/access/guard.ts';
import type { Permission } from '../../src/access/enforcer.ts';
import { createHttp } from '../../src/http/plugin.ts';
import { startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const http = () => new Elysia().use(createHttp(app.services, () => []));

describe('a start is refused', () => {
  test('for a route that declares neither permit nor public', () => {
    const routes = http()
      .get('/open/', () => '', { public: true })
      .get('/forgotten/', () => '')
      .post('/also/', () => '');
    expect(() => assertGuarded(routes, app.services.access)).toThrow(
      'Routes without a guard are not served:\n' +
        '  GET /forgotten/: declares neither permit nor public\n' +
        '  POST /also/: declares neither permit nor public',
    );
  });

  test('for a permission that the policy file does not mention', () => {
    const invented: Permission = 'appointments:destroy';
    const routes = http()
      .get('/known/', () => '', { permit: 'appointments:read' })
      .get('/typo/', () => '', { permit: invented });
    expect(() => assertGuarded(routes, app.services.access)).toThrow(
      'GET /typo/: policy.csv does not mention appointments:destroy',
    );
  });
});

test('the service itself has no such route', () => {
  expect(() => assertGuarded(app.app, app.services.access)).not.toThrow();
});
