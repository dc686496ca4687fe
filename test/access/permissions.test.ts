import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, eq } from 'drizzle-orm';
import { permissionId } from '../../src/access/permission-id.ts';
import { permissionName } from '../../src/modules/access/permission-names.ts';
import { auditLog } from '../../src/db/audit.ts';
import { users } from '../../src/modules/users/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { assign, sourcesOf } from './rights.ts';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const changed = (userId: number) =>
  app.services.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.entity, 'user'), eq(auditLog.entityId, String(userId))));

describe('the catalogue', () => {
  test('has every permission of the policy file, by codename, on pages', async () => {
    const { json } = await admin.request('GET', '/api/permissions/?page_size=100');
    const { permissions } = app.services.access;
    expect(json.count).toBe(permissions.length);
    expect(json.results.map(({ codename }: { codename: string }) => codename)).toEqual(
      permissions.slice(0, 100),
    );
    expect(json.results[0]).toEqual({
      id: permissionId('account:use'),
      codename: 'account:use',
      name: 'Cuenta propia: usar',
      module: 'account',
    });
    const two = await admin.request('GET', '/api/permissions/?page_size=3&page=2');
    expect(two.json.results).toEqual(json.results.slice(3, 6));
  });

  test('numbers permissions for good, each by another number', () => {
    const { permissions } = app.services.access;
    expect(new Set(permissions.map(permissionId)).size).toBe(permissions.length);
    // A client may have kept these: they must never change.
    expect([permissionId('patients:read'), permissionId('appointments:create')]).toEqual([
      935_063_803, 930_432_339,
    ]);
  });

  test('names every permission', () => {
    const unnamed = app.services.access.permissions.filter((permission) => {
      const words = permission.split(':');
      return permissionName(permission, 'es')
        .split(': ')
        .some((word, i) => word === words[i]);
    });
    expect(unnamed).toEqual([]);
  });

  test('is filtered by module and searched by name', async () => {
    const module = await admin.request('GET', '/api/permissions/?module=agenda');
    expect(module.json.results.map(({ codename }: { codename: string }) => codename)).toEqual([
      'agenda:read',
    ]);
    const search = await admin.request('GET', '/api/permissions/?search=cancelar%20CITAS');
    expect(search.json.results).toMatchObject([{ codename: 'appointments:cancel', name: 'Citas: cancelar' }]);
    const english = await admin.request('GET', '/api/permissions/?search=appointments%20cancel', {
      headers: { 'accept-language': 'en' },
    });
    expect(english.json.results).toMatchObject([{ name: 'Appointments: cancel' }]);
    expect((await admin.request('GET', '/api/permissions/?module=nothing')).json.results).toEqual([]);
  });
});

describe('the assignment form', () => {
  test('has the fields, their JSON Schema, people and what can be granted', async () => {
    const { userId } = await app.as('receptionist', { username: 'mesa.uno', lastName: 'Ñahui Paredes' });
    await assign(admin, userId, 'tickets:read');
    const { status, json } = await admin.request('GET', '/api/permissions/assign/?search=mesa%20nahui');
    expect(status).toBe(200);
    expect(json.submit).toEqual({ method: 'POST', path: '/api/permissions/assign/' });
    expect(json.fields).toMatchObject([
      { name: 'user_id', label: 'Usuario', required: true },
      { name: 'permission_ids', label: 'Permisos', required: true },
    ]);
    expect(json.schema).toMatchObject({ type: 'object', required: ['user_id', 'permission_ids'] });
    expect(json.users.results).toEqual([
      {
        id: userId,
        username: 'mesa.uno',
        full_name: 'Prueba Ñahui Paredes',
        role: 'receptionist',
        is_active: true,
        permission_ids: [permissionId('tickets:read')],
      },
    ]);
    const modules = new Set(json.permissions.map((permission: { module: string }) => permission.module));
    expect(modules.has('tickets')).toBe(true);
    for (const reserved of ['users', 'roles', 'permissions']) expect(modules.has(reserved)).toBe(false);
  });

  test('shows a page of people at most, and no deleted ones', async () => {
    const gone = await app.as('patient', { username: 'ya.no.esta', deletedAt: Temporal.Now.instant() });
    const { json } = await admin.request('GET', '/api/permissions/assign/?page_size=1');
    expect(json.users.results).toHaveLength(1);
    expect(json.users.next).toContain('page=2');
    const search = await admin.request('GET', '/api/permissions/assign/?search=ya.no.esta');
    expect(search.json.users).toMatchObject({ count: 0, results: [] });
    const byId = await admin.request('GET', `/api/permissions/assign/?user_id=${gone.userId}`);
    expect(byId.json.users.count).toBe(0);
    expect((await admin.request('GET', '/api/permissions/assign/?page_size=101')).status).toBe(400);
  });
});

describe('an assignment', () => {
  test('is in force on the very next request, and taken back as fast', async () => {
    const clerk = await app.as('supervisor');
    const patient = await app.patient();
    const update = () =>
      clerk.request('PATCH', `/api/patients/${patient}/`, { body: { occupation: 'Tejedora' } });
    expect((await update()).status).toBe(403);
    const given = await assign(admin, clerk.userId, 'patients:update');
    expect(given.status).toBe(200);
    expect(given.json).toEqual({
      success_message: 'Permisos asignados.',
      permissions: [
        {
          id: permissionId('patients:update'),
          codename: 'patients:update',
          name: 'Pacientes: modificar',
          module: 'patients',
        },
      ],
    });
    expect((await update()).status).toBe(200);
    expect((await clerk.request('GET', '/api/auth/verify/')).json.permissions).toContain('patients:update');
    await assign(admin, clerk.userId);
    expect((await update()).status).toBe(403);
    expect((await clerk.request('GET', '/api/auth/verify/')).json.permissions).not.toContain(
      'patients:update',
    );
  });

  test('replaces what was granted before', async () => {
    const { userId } = await app.as('supervisor');
    await assign(admin, userId, 'patients:update', 'tickets:read');
    await assign(admin, userId, 'tickets:read', 'patients:create', 'tickets:read');
    const sources = await sourcesOf(admin, userId);
    const direct = Object.keys(sources).filter((codename) => sources[codename] === 'direct');
    expect(direct).toEqual(['patients:create', 'tickets:read']);
  });

  test('reaches as far as the permission does for any role', async () => {
    const therapist = await app.as('therapist');
    const foreign = `/api/patients/${await app.patient()}/`;
    expect((await therapist.request('GET', foreign)).status).toBe(404);
    await assign(admin, therapist.userId, 'patients:read');
    expect((await therapist.request('GET', foreign)).status).toBe(200);
    // Nobody reads all notifications, so nobody can be granted that: the grant is of the own ones.
    expect(app.services.access.grantedScopes('notifications:read')).toEqual(['own']);
  });

  test('to one person changes nothing for another of the same role', async () => {
    const [one, other] = [await app.as('supervisor'), await app.as('supervisor')];
    await assign(admin, one.userId, 'tickets:read');
    expect((await one.request('GET', '/api/appointments/tickets/')).status).toBe(200);
    expect((await other.request('GET', '/api/appointments/tickets/')).status).toBe(403);
  });

  test('is recorded with before and after', async () => {
    const { userId } = await app.as('receptionist');
    await assign(admin, userId, 'agenda:read');
    await assign(admin, userId, 'tickets:read');
    expect(await changed(userId)).toMatchObject([
      { action: 'assign_permissions', actorId: admin.userId, after: { permissions: ['agenda:read'] } },
      {
        actorId: admin.userId,
        before: { permissions: ['agenda:read'] },
        after: { permissions: ['tickets:read'] },
      },
    ]);
  });

  test('to a deleted or unknown person is refused', async () => {
    const { userId } = await app.as('patient', { deletedAt: Temporal.Now.instant() });
    for (const id of [userId, 999_999_999]) {
      const { status, json } = await assign(admin, id, 'tickets:read');
      expect([status, json.details]).toEqual([400, { user_id: ['No existe.'] }]);
    }
    expect(await changed(userId)).toEqual([]);
  });

  test('to an account that is switched off waits until it is switched on', async () => {
    const clerk = await app.as('supervisor', { isActive: false });
    expect((await assign(admin, clerk.userId, 'tickets:read')).status).toBe(200);
    const tickets = () => clerk.request('GET', '/api/appointments/tickets/');
    expect((await tickets()).json.code).toBe('SESSION_REVOKED');
    await app.services.db.update(users).set({ isActive: true }).where(eq(users.id, clerk.userId));
    expect((await tickets()).status).toBe(200);
  });

  test('of a permission that there is not changes nothing', async () => {
    const { userId } = await app.as('supervisor');
    const body = { user_id: userId, permission_ids: [permissionId('tickets:read'), 7] };
    const { status, json } = await admin.request('POST', '/api/permissions/assign/', { body });
    expect([status, json.details]).toEqual([400, { permission_ids: ['No existe: 7.'] }]);
    expect(Object.values(await sourcesOf(admin, userId))).not.toContain('direct');
  });

  test.each([
    ['user_id', { permission_ids: [] }],
    ['permission_ids', { user_id: 1 }],
    ['permission_ids', { user_id: 1, permission_ids: 'all' }],
    ['permission_ids.0', { user_id: 1, permission_ids: [-1] }],
    ['permission_ids', { user_id: 1, permission_ids: Array(501).fill(1) }],
  ])('without a right %s is refused', async (field, body) => {
    const { status, json } = await admin.request('POST', '/api/permissions/assign/', { body });
    expect([status, Object.keys(json.details)]).toEqual([400, [field]]);
  });
});

describe('what a person may do', () => {
  test('is told to the person and to administrators, with where it comes from', async () => {
    const clerk = await app.as('receptionist');
    await assign(admin, clerk.userId, 'therapists:write');
    for (const asking of [clerk, admin]) {
      const { status, json } = await asking.request('GET', `/api/permissions/user/${clerk.userId}/`);
      expect(status).toBe(200);
      expect(Object.keys(json)).toEqual(['user_id', 'roles', 'permissions']);
      expect([json.user_id, json.roles]).toEqual([clerk.userId, ['receptionist']]);
      expect(json.permissions).toContainEqual({
        id: permissionId('therapists:write'),
        codename: 'therapists:write',
        name: 'Terapeutas: administrar',
        source: 'direct',
      });
      expect(json.permissions).toContainEqual({
        id: permissionId('agenda:read'),
        codename: 'agenda:read',
        name: 'Agenda: ver',
        source: 'role:receptionist',
      });
    }
    const { json } = await clerk.request('GET', '/api/auth/verify/');
    expect(json.permissions).toEqual(Object.keys(await sourcesOf(admin, clerk.userId)));
  });

  test('is nobody else’s business', async () => {
    const { userId } = await app.as('patient');
    for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
      const { status, text } = await (await app.as(role)).request('GET', `/api/permissions/user/${userId}/`);
      expect(status).toBe(404);
      expect(text).not.toContain('permissions');
    }
    expect((await admin.request('GET', '/api/permissions/user/999999999/')).status).toBe(404);
    const gone = await app.as('patient', { deletedAt: Temporal.Now.instant() });
    expect((await admin.request('GET', `/api/permissions/user/${gone.userId}/`)).status).toBe(404);
  });

  test('is everything for a superuser, whatever the role', async () => {
    const root = await app.as('receptionist', { isSuperuser: true });
    const sources = await sourcesOf(root, root.userId);
    expect(Object.keys(sources)).toEqual([...app.services.access.permissions]);
    expect([...new Set(Object.values(sources))]).toEqual(['superuser']);
    expect((await root.request('GET', '/api/roles/')).status).toBe(200);
    // Grants neither add to it nor take from it.
    expect((await assign(admin, root.userId, 'tickets:read')).status).toBe(200);
    expect((await root.request('GET', '/api/roles/')).status).toBe(200);
  });
});
