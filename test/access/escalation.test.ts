import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import type { Permission } from '../../src/access/enforcer.ts';
import { permissionId } from '../../src/access/permission-id.ts';
import { ROLES } from '../../src/context.ts';
import { roles } from '../../src/modules/access/tables.ts';
import { users } from '../../src/modules/users/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { assign } from './rights.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const reserved = (): Permission[] =>
  app.services.access.permissions.filter((permission) => /^(users|roles|permissions):/.test(permission));

const grantsOf = async (userId: number) => {
  const [row] = await app.services.db.select().from(users).where(eq(users.id, userId));
  return row?.grants ?? [];
};

describe('nobody becomes an administrator', () => {
  test.each(ROLES.filter((role) => role !== 'administrator'))('by asking, as a %s', async (role) => {
    const client = await app.as(role);
    expect((await assign(client, client.userId, 'patients:delete')).status).toBe(403);
    for (const [method, path] of [
      ['GET', '/api/permissions/'],
      ['GET', '/api/permissions/assign/'],
      ['GET', '/api/roles/'],
      ['POST', '/api/roles/'],
      ['PATCH', '/api/roles/1/'],
      ['DELETE', '/api/roles/1/'],
    ] as const) {
      const body = method === 'GET' ? undefined : { name: 'todo', permissions: ['patients:delete'] };
      const { status, json } = await client.request(method, path, { body });
      expect([method, path, status, json.code]).toEqual([method, path, 403, 'INSUFFICIENT_PERMISSIONS']);
    }
    expect(await grantsOf(client.userId)).toEqual([]);
  });

  test('by being granted the rights of one', async () => {
    const clerk = await app.as('supervisor');
    for (const permission of reserved()) {
      const { status, json } = await assign(admin, clerk.userId, 'tickets:read', permission);
      expect([permission, status, json.details?.rule]).toEqual([permission, 400, 'administrator_only']);
    }
    expect(reserved()).toContain('permissions:assign');
    expect(await grantsOf(clerk.userId)).toEqual([]);
  });

  test('by a role made of the rights of one, by codename or by id', async () => {
    for (const permission of reserved()) {
      for (const named of [permission, permissionId(permission)]) {
        const body = { name: `Casi ${permission} ${named}`, permissions: ['tickets:read', named] };
        const { status, json } = await admin.request('POST', '/api/roles/', { body });
        expect([permission, status, json.details?.rule]).toEqual([permission, 400, 'administrator_only']);
      }
    }
    const own = await admin.request('POST', '/api/roles/', { body: { name: 'Inocente' } });
    const body = { permissions: ['roles:write'] };
    expect((await admin.request('PATCH', `/api/roles/${own.json.id}/`, { body })).status).toBe(400);
  });

  test.each(['administrator', 'Administrator', 'ADMINISTRATOR', 'Ádministrator', ' administrator '])(
    'by a role of the name %p',
    async (name) => {
      const { status, json } = await admin.request('POST', '/api/roles/', { body: { name } });
      expect([status, Object.keys(json.details)]).toEqual([409, ['name']]);
    },
  );

  test('by a role that is renamed to a built-in one', async () => {
    const { json } = await admin.request('POST', '/api/roles/', { body: { name: 'Subgerencia' } });
    const renamed = await admin.request('PATCH', `/api/roles/${json.id}/`, {
      body: { name: 'administrator' },
    });
    expect(renamed.status).toBe(409);
  });

  test('by a role that is named like a rule of the policy', async () => {
    for (const name of ['member', 'grant:patients:delete']) {
      await admin.request('POST', '/api/roles/', { body: { name } });
      const client = await app.as('patient', { role: name });
      expect((await client.request('DELETE', '/api/patients/999999999/')).status).toBe(403);
    }
  });

  test('by rows that say otherwise behind the service’s back: a built-in role is what policy.csv says', async () => {
    await app.services.db
      .insert(roles)
      .values({ name: 'receptionist', isBuiltIn: true, permissions: ['patients:delete', 'patients:raze'] });
    const clerk = await app.as('receptionist', { grants: ['nothing:known'] });
    expect((await clerk.request('GET', '/api/auth/verify/')).json.permissions).toEqual(
      app.services.access.permissionsOf('receptionist'),
    );
  });
});

test('a role that there is not any more leaves a person what every signed-in person may do', async () => {
  const client = await app.as('patient', { role: 'Desaparecido' });
  const { json } = await client.request('GET', '/api/auth/verify/');
  expect(json.permissions).toEqual(app.services.access.permissionsOf('member'));
  expect(json.permissions).not.toContain('patients:read');
  expect((await client.request('POST', '/api/auth/logout/')).status).toBe(200);
});
