import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, eq } from 'drizzle-orm';
import { permissionId } from '../../src/access/permission-id.ts';
import { ROLES, transaction } from '../../src/context.ts';
import { auditLog } from '../../src/db/audit.ts';
import { ensureRoles } from '../../src/modules/access/built-in-roles.ts';
import { assertRole } from '../../src/modules/access/roles.ts';
import { users } from '../../src/modules/users/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { assign, sourcesOf } from './rights.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  await ensureRoles(app.ctx());
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const PATH = '/api/roles/';
let made = 0;
const name = () => `Rol ${(made += 1)}`;

async function makeRole(...permissions: string[]) {
  const { status, json } = await admin.request('POST', PATH, { body: { name: name(), permissions } });
  expect(status).toBe(201);
  return json as { id: number; name: string };
}

const builtIn = async (wanted: string) => {
  const { json } = await admin.request('GET', PATH);
  return json.results.find((role: { name: string }) => role.name === wanted);
};

describe('the built-in roles', () => {
  test('are listed with their labels and what policy.csv gives them', async () => {
    await ensureRoles(app.ctx());
    const { json } = await admin.request('GET', `${PATH}?page_size=5`);
    const roles = json.results as { name: string; label: string; is_built_in: boolean }[];
    expect(roles.map(({ name: role, label }) => [role, label])).toEqual([
      ['patient', 'Paciente'],
      ['therapist', 'Terapeuta'],
      ['administrator', 'Administrador'],
      ['supervisor', 'Supervisor'],
      ['receptionist', 'Recepcionista'],
    ]);
    for (const role of roles) {
      expect(role).toMatchObject({
        is_built_in: true,
        permissions: app.services.access.permissionsOf(role.name),
      });
    }
  });

  test('are neither deleted, renamed nor given other permissions', async () => {
    const role = await builtIn('supervisor');
    const at = `${PATH}${role.id}/`;
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { name: 'Jefatura' }],
      ['PATCH', { permissions: ['tickets:read'] }],
      ['PUT', { name: 'supervisor' }],
    ] as const) {
      const { status, json } = await admin.request(method, at, { body });
      expect([method, status, json.details?.rule]).toEqual([method, 400, 'built_in_role']);
    }
    expect(await builtIn('supervisor')).toEqual(role);
  });

  test('can be described, also by a PUT of the whole', async () => {
    const { id, permissions } = await builtIn('receptionist');
    const body = { name: 'receptionist', description: 'La mesa de partes', permissions };
    const put = await admin.request('PUT', `${PATH}${id}/`, { body });
    expect([put.status, put.json.description]).toEqual([200, 'La mesa de partes']);
    const patch = await admin.request('PATCH', `${PATH}${id}/`, { body: { description: null } });
    expect(patch.json).toMatchObject({ description: null, permissions });
    await ensureRoles(app.ctx());
    expect((await builtIn('receptionist')).description).toBeNull();
  });
});

describe('a role of the clinic’s own', () => {
  test('is made of permissions by codename or id', async () => {
    const body = {
      name: 'Caja',
      description: 'Cobra',
      permissions: ['tickets:update', permissionId('tickets:read'), 'tickets:read'],
    };
    const { status, json, headers } = await admin.request('POST', PATH, { body });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: json.id,
      name: 'Caja',
      label: 'Caja',
      description: 'Cobra',
      is_built_in: false,
      permissions: ['tickets:read', 'tickets:update'],
    });
    const got = await admin.request('GET', `${PATH}${json.id}/`);
    expect(got.json).toEqual(json);
    expect(got.headers.get('etag')).toBe(headers.get('etag'));
    const twice = await admin.request('POST', PATH, { body: { name: 'CAJA' } });
    expect([twice.status, Object.keys(twice.json.details)]).toEqual([409, ['name']]);
    expect((await admin.request('GET', `${PATH}?search=caj`)).json.count).toBe(1);
  });

  test('gives its permissions and what everybody may do, and nothing else', async () => {
    const role = await makeRole('tickets:read');
    const clerk = await app.as('supervisor', { role: role.name });
    const { json } = await clerk.request('GET', '/api/auth/verify/');
    expect(json.user_info).toMatchObject({ role: role.name, roles: [role.name] });
    expect(json.permissions).toEqual(
      [...app.services.access.permissionsOf('member'), 'tickets:read'].toSorted(),
    );
    expect((await clerk.request('GET', '/api/appointments/tickets/')).status).toBe(200);
    expect((await clerk.request('GET', '/api/patients/')).status).toBe(403);
    const sources = await sourcesOf(admin, clerk.userId);
    expect([sources['tickets:read'], sources['account:use']]).toEqual([
      `role:${role.name}`,
      `role:${role.name}`,
    ]);
  });

  test('changes for everybody who has it on the next request, under whatever name', async () => {
    const role = await makeRole('tickets:read');
    const clerks = await Promise.all([1, 2].map(() => app.as('supervisor', { role: role.name })));
    const statuses = () =>
      Promise.all(
        clerks.map(async (clerk) => [
          (await clerk.request('GET', '/api/appointments/tickets/')).status,
          (await clerk.request('GET', '/api/patients/')).status,
        ]),
      );
    expect(await statuses()).toEqual([
      [200, 403],
      [200, 403],
    ]);
    const renamed = name();
    const body = { name: renamed, permissions: ['patients:read'] };
    expect((await admin.request('PATCH', `${PATH}${role.id}/`, { body })).status).toBe(200);
    expect(await statuses()).toEqual([
      [403, 200],
      [403, 200],
    ]);
    const { json } = await (clerks[0] as Client).request('GET', '/api/auth/verify/');
    expect(json.user_info.role).toBe(renamed);
  });

  test('adds up with what its holder is granted directly', async () => {
    const role = await makeRole('tickets:read');
    const clerk = await app.as('supervisor', { role: role.name });
    await assign(admin, clerk.userId, 'patients:read');
    expect((await clerk.request('GET', '/api/appointments/tickets/')).status).toBe(200);
    expect((await clerk.request('GET', '/api/patients/')).status).toBe(200);
  });

  test('is deleted once nobody has it, and comes back', async () => {
    const role = await makeRole('tickets:read');
    const at = `${PATH}${role.id}/`;
    const { userId } = await app.as('supervisor', { role: role.name });
    const used = await admin.request('DELETE', at);
    expect([used.status, used.json.details.rule]).toEqual([400, 'role_in_use']);
    await app.services.db.update(users).set({ role: 'supervisor' }).where(eq(users.id, userId));
    expect((await admin.request('DELETE', at)).status).toBe(200);
    expect((await admin.request('GET', at)).status).toBe(404);
    expect((await admin.request('DELETE', at)).status).toBe(404);
    expect((await admin.request('GET', `${PATH}?deleted=true&search=${role.name}`)).json.count).toBe(1);
    const again = await admin.request('POST', PATH, { body: { name: role.name } });
    expect(again.status).toBe(409);
    expect((await admin.request('POST', `${at}restore/`)).json).toMatchObject({
      permissions: ['tickets:read'],
    });
  });

  test('deleted, gives nothing to a person who still has its name', async () => {
    const role = await makeRole('tickets:read');
    await admin.request('DELETE', `${PATH}${role.id}/`);
    const clerk = await app.as('supervisor', { role: role.name });
    expect((await clerk.request('GET', '/api/appointments/tickets/')).status).toBe(403);
  });

  test('is recorded at every change', async () => {
    const role = await makeRole('tickets:read');
    const at = `${PATH}${role.id}/`;
    await admin.request('PATCH', at, { body: { permissions: ['agenda:read'] } });
    await admin.request('DELETE', at);
    await admin.request('POST', `${at}restore/`);
    const rows = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.entity, 'role'), eq(auditLog.entityId, String(role.id))));
    expect(rows.map(({ action, actorId }) => [action, actorId])).toEqual(
      ['create', 'update', 'delete', 'restore'].map((action) => [action, admin.userId]),
    );
    expect(rows[1]).toMatchObject({
      before: { permissions: ['tickets:read'] },
      after: { permissions: ['agenda:read'] },
    });
  });

  test.each([
    ['name', { permissions: [] }],
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(51) }],
    ['permissions', { name: 'x', permissions: ['patients:raze'] }],
    ['permissions', { name: 'x', permissions: [5] }],
    ['permissions.0', { name: 'x', permissions: [null] }],
  ])('without a right %s is refused', async (field, body) => {
    const { status, json } = await admin.request('POST', PATH, { body });
    expect([status, Object.keys(json.details)]).toEqual([400, [field]]);
  });

  test('keeps two people from overwriting each other', async () => {
    const role = await makeRole();
    const at = `${PATH}${role.id}/`;
    const { headers } = await admin.request('GET', at);
    const match = { 'if-match': headers.get('etag') ?? '' };
    const change = (description: string) =>
      admin.request('PATCH', at, { body: { description }, headers: match });
    expect([(await change('uno')).status, (await change('dos')).status]).toEqual([200, 412]);
  });
});

const give = (role: string) => transaction(app.ctx(), (tx) => assertRole(tx, role));

test('a role can be given when it is built-in or the clinic’s own', async () => {
  const { name: own } = await makeRole();
  for (const role of [...ROLES, own]) await give(role);
  for (const role of ['nobody', 'member', own.toUpperCase(), '', 'Administrator']) {
    const outcome = await give(role).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ field: 'role' });
  }
});
