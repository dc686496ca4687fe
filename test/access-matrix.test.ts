import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Elysia } from 'elysia';
import { assertGuarded, guardOf } from '../src/access/guard.ts';
import { table } from '../src/cli/table.ts';
import { ROLES, type Role } from '../src/context.ts';
import { createHttp } from '../src/http/plugin.ts';
import { type Client, startTestApp, type TestApp } from './harness.ts';

/** Who has a permission, as the contract says it: written down apart from policy.csv, so that a slip there shows. */
const EVERYBODY = [...ROLES];
const ADMIN: Role[] = ['administrator'];
const MANAGERS: Role[] = ['administrator', 'supervisor'];
const ALLOWED: Record<string, readonly Role[]> = {
  'account:use': EVERYBODY,
  'agenda:read': ['therapist', 'administrator', 'supervisor', 'receptionist'],
  'appointments:cancel': ['patient', 'administrator', 'receptionist'],
  'appointments:change_status': ['therapist', 'administrator', 'receptionist'],
  'appointments:create': ['patient', 'administrator', 'receptionist'],
  'appointments:find_slots': EVERYBODY,
  'appointments:list': EVERYBODY,
  'appointments:read': EVERYBODY,
  'appointments:update': ['patient', 'therapist', 'administrator', 'receptionist'],
  'audit:read': ADMIN,
  'dashboard:read': EVERYBODY,
  'diagnoses:read': ['patient', 'therapist', 'administrator'],
  'diagnoses:restore': ADMIN,
  'diagnoses:write': ['therapist', 'administrator'],
  'diagnosis_codes:read': EVERYBODY,
  'calendar:use': EVERYBODY,
  'document_types:read': EVERYBODY,
  'document_types:restore': ADMIN,
  'document_types:write': ADMIN,
  'company:read': EVERYBODY,
  'company:write': ADMIN,
  'exports:use': MANAGERS,
  'geo:read': EVERYBODY,
  'history_templates:read': ['therapist', 'administrator'],
  'history_templates:restore': ADMIN,
  'history_templates:write': ADMIN,
  'holidays:read': EVERYBODY,
  'holidays:restore': ADMIN,
  'holidays:write': ADMIN,
  'jobs:read': ADMIN,
  'jobs:retry': ADMIN,
  'medical_histories:read': ['patient', 'therapist', 'administrator'],
  'medical_histories:restore': ADMIN,
  'medical_histories:write': ['therapist', 'administrator'],
  'notifications:read': EVERYBODY,
  'notifications:update': EVERYBODY,
  'patient_history:read': ['patient', 'therapist', 'administrator'],
  'patients:anonymise': ADMIN,
  'patients:create': ['therapist', 'administrator', 'receptionist'],
  'patients:delete': ADMIN,
  'patients:export': ['patient', 'administrator'],
  'patients:import': ['administrator', 'receptionist'],
  'patients:read': EVERYBODY,
  'patients:restore': ADMIN,
  'patients:update': ['patient', 'therapist', 'administrator', 'receptionist'],
  'payment_types:read': EVERYBODY,
  'payment_types:restore': ADMIN,
  'payment_types:write': ADMIN,
  'permissions:assign': ADMIN,
  'permissions:list': ADMIN,
  'permissions:read': EVERYBODY,
  'prices:read': EVERYBODY,
  'prices:restore': ADMIN,
  'prices:write': ADMIN,
  'reports:read': MANAGERS,
  'roles:read': ADMIN,
  'roles:restore': ADMIN,
  'roles:write': ADMIN,
  'rooms:read': EVERYBODY,
  'rooms:restore': ADMIN,
  'rooms:write': ADMIN,
  'schedules:write': ['therapist', ...MANAGERS],
  'search:use': EVERYBODY,
  'specialties:read': EVERYBODY,
  'specialties:restore': ADMIN,
  'specialties:write': ADMIN,
  'statuses:read': EVERYBODY,
  'statuses:restore': ADMIN,
  'statuses:write': ADMIN,
  'therapists:read': EVERYBODY,
  'therapists:restore': ADMIN,
  'therapists:write': MANAGERS,
  'tickets:pay': ['administrator', 'receptionist'],
  'tickets:read': ['patient', 'administrator', 'receptionist'],
  'tickets:refund': ADMIN,
  'tickets:update': ['administrator', 'receptionist'],
  'time_off:read': EVERYBODY,
  'time_off:write': ['therapist', ...MANAGERS],
  'treatments:read': ['patient', 'therapist', 'administrator'],
  'treatments:restore': ADMIN,
  'treatments:write': ['therapist', 'administrator'],
  'users:list': ADMIN,
  'users:read': EVERYBODY,
  'users:restore': ADMIN,
  'users:update': EVERYBODY,
  'users:write': ADMIN,
};

/** What anybody may ask for without being signed in. */
const PUBLIC = [
  'GET /',
  'GET /admin/',
  'GET /admin/panel.css',
  'GET /admin/panel.js',
  'GET /admin/queues/',
  'GET /api/auth/login/',
  'GET /api/calendar/:feed_token.ics',
  'POST /api/auth/login/',
  'POST /api/auth/password/forgot/',
  'POST /api/auth/password/reset/',
  'POST /api/auth/refresh/',
  'POST /api/auth/register/',
  'GET /api/forms/',
  'GET /api/forms/:name/',
  'GET /api/company/logo/',
  'GET /api/notifications/unsubscribe/',
  'POST /api/notifications/unsubscribe/',
  'GET /api/public/clinic/',
  'GET /assets/api-reference.js',
  'GET /health/',
  'GET /health/ready/',
  'GET /metrics',
  'GET /reset-password/',
  'GET /swagger',
  'GET /swagger/json',
];

let app: TestApp;
const clients = new Map<Role, Client>();

beforeAll(async () => {
  app = await startTestApp();
  for (const role of ROLES) clients.set(role, await app.as(role));
});
afterAll(() => app.close());

/** The route with ids that nothing has; a therapist's own where another's agenda and absences are refused. */
const dummy = (path: string, therapistId = 0) =>
  path
    .replace(/sessions\/:id/, `sessions/${crypto.randomUUID()}`)
    .replace(/(therapists?)\/:id/, therapistId === 0 ? '$1/:id' : `$1/${therapistId}`)
    .replaceAll(/:\w+/g, '999999999');

const routes = () => app.app.routes.map((route) => ({ ...route, name: `${route.method} ${route.path}` }));

async function statusFor(role: Role, method: string, path: string): Promise<number> {
  const leaves = path.includes('logout');
  const client = leaves ? await app.as(role) : clients.get(role);
  const body = method === 'GET' || leaves ? undefined : {};
  return (await client?.request(method, dummy(path, client.therapistId), { body }))?.status ?? 0;
}

describe('every route', () => {
  test('asks a stranger to sign in, or is public by the contract', async () => {
    const open: string[] = [];
    for (const { method, path, name } of routes()) {
      for (const body of method === 'GET' ? [undefined] : [{}, '{', undefined]) {
        const { status, json } = await app.request(method, dummy(path), { body });
        if (status !== 401) open.push(name);
        else expect(json.code).toBe('AUTHENTICATION_REQUIRED');
      }
    }
    expect([...new Set(open)].toSorted()).toEqual(PUBLIC.toSorted());
  });

  test('lets in the roles of the contract, and refuses the others', async () => {
    const matrix: string[][] = [['METHOD', 'PATH', ...ROLES.map((role) => role.slice(0, 5)), 'PERMISSION']];
    const wrong: string[] = [];
    for (const route of routes()) {
      const guard = guardOf(route);
      if (guard.kind !== 'permit') continue;
      const cells: string[] = [];
      for (const role of ROLES) {
        const status = await statusFor(role, route.method, route.path);
        const allowed = ALLOWED[guard.permission]?.includes(role) ?? false;
        if ((status === 403) === allowed || status === 401 || status >= 500) {
          wrong.push(`${route.name} for ${role}: ${status}`);
        }
        cells.push(status === 403 ? '·' : String(status));
      }
      matrix.push([route.method, route.path, ...cells, guard.permission]);
    }
    process.stdout.write(table(matrix));
    expect(wrong).toEqual([]);
    expect(matrix.length).toBeGreaterThan(70);
  });
});

test('the policy file gives each permission to the roles of the contract, and knows no other', () => {
  const { access } = app.services;
  const asked = new Set(
    routes()
      .map((route) => guardOf(route))
      .flatMap((guard) => (guard.kind === 'permit' ? [guard.permission] : [])),
  );
  expect([...asked].toSorted()).toEqual(
    Object.keys(ALLOWED).toSorted() as (typeof access.permissions)[number][],
  );
  for (const permission of asked) {
    const roles = ROLES.filter((role) => access.scopes(role, permission).length > 0);
    expect([permission, roles.toSorted()]).toEqual([permission, [...(ALLOWED[permission] ?? [])].toSorted()]);
  }
  expect(access.scopes('nobody', 'patients:read')).toEqual([]);
});

const served = (add: (http: ReturnType<typeof createHttp>) => { routes: unknown }) => () => {
  assertGuarded(add(createHttp(app.services, () => [])) as never, app.services.access);
};

describe('a route', () => {
  test('with a guard is served', () => {
    expect(served((http) => new Elysia().use(http).get('/a/', () => '', { public: true }))).not.toThrow();
    expect(
      served((http) => new Elysia().use(http).get('/a/', () => '', { permit: 'patients:read' })),
    ).not.toThrow();
  });

  test('with neither permit nor public stops the start, by its name', () => {
    expect(served((http) => new Elysia().use(http).get('/open/', () => ''))).toThrow(
      /GET \/open\/: declares neither permit nor public/,
    );
    expect(served(() => new Elysia({ prefix: '/api' }).post('/bare/', () => ''))).toThrow(
      /POST \/api\/bare\//,
    );
  });

  test('with a permission that nobody has stops the start too', () => {
    expect(
      served((http) => new Elysia().use(http).get('/a/', () => '', { permit: 'patients:destroy' })),
    ).toThrow(/policy.csv does not mention patients:destroy/);
  });
});
