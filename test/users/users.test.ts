import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { users } from '../../src/modules/users/tables.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';

const PASSWORD = 'Correcta-caballo-7 ñandú';

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const input = (fields: Record<string, unknown> = {}) => {
  const n = unique();
  return {
    username: `cuenta${n}`,
    email: `cuenta${n}@example.com`,
    password: PASSWORD,
    first_name: 'Ángela',
    last_name: 'Núñez Peña',
    phone: '+51 911 222 333',
    role: 'receptionist',
    ...fields,
  };
};

const make = async (fields: Record<string, unknown> = {}) => {
  const body = input(fields);
  const { status, json } = await admin.request('POST', '/api/users/', { body });
  expect([status, json]).toMatchObject([201, { username: body.username }]);
  return { ...json, path: `/api/users/${json.id}/` };
};

const login = (username: string, password = PASSWORD) =>
  app.request('POST', '/api/auth/login/', { body: { username, password } });

const give = (id: number, role: string) => admin.request('PATCH', `/api/users/${id}/`, { body: { role } });

const supervisors = (query: string) =>
  admin.request('GET', `/api/users/?role=supervisor&is_active=false&${query}`);

/** A client of an account that was made through the API. */
async function signedIn(username: string, password = PASSWORD) {
  const { json } = await login(username, password);
  return (method: string, path: string, body?: unknown) =>
    app.request(method, path, { token: json.access_token, body });
}

describe('an administrator', () => {
  test('makes an account that its owner can log in with; nobody reads the password', async () => {
    const { status, json, text, headers } = await admin.request('POST', '/api/users/', {
      body: input({ username: 'nueva.cuenta' }),
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      username: 'nueva.cuenta',
      full_name: 'Ángela Núñez Peña',
      role: 'receptionist',
      is_active: true,
      is_superuser: false,
      last_login: null,
      photo_url: null,
      patient_id: null,
      therapist_id: null,
    });
    expect(headers.get('etag')).not.toBeNull();
    expect(text).not.toMatch(/password|argon2|Correcta/);
    expect((await login('nueva.cuenta')).status).toBe(200);
    const log = await app.services.db.execute(`select \`after\` from audit_log where entity = 'user'`);
    expect(JSON.stringify(log)).not.toMatch(/argon2|Correcta/);
  });

  test('is told what is wrong with an account', async () => {
    const { username, email } = await make();
    const refusals: [Record<string, unknown>, number, string][] = [
      [{ username }, 409, 'username'],
      [{ email }, 409, 'email'],
      [{ password: 'corta' }, 400, 'password'],
      [{ password: 'password123' }, 400, 'password'],
      [{ role: 'wizard' }, 400, 'role'],
      [{ username: 'otra@example.com' }, 400, 'username'],
      [{ email: 'no es correo' }, 400, 'email'],
      [{ phone: 'abc' }, 400, 'phone'],
      [{ first_name: '<b>' }, 400, 'first_name'],
    ];
    for (const [fields, status, field] of refusals) {
      const answer = await admin.request('POST', '/api/users/', { body: input(fields) });
      expect([fields, answer.status, Object.keys(answer.json.details)]).toEqual([fields, status, [field]]);
    }
  });

  test('makes an account once, however often it is sent', async () => {
    const body = input();
    const headers = { 'idempotency-key': `account-${body.username}` };
    const first = await admin.request('POST', '/api/users/', { body, headers });
    const second = await admin.request('POST', '/api/users/', { body, headers });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.json.id).toBe(first.json.id);
  });

  test('finds accounts by name, username, e-mail and telephone, without accents', async () => {
    const { id } = await make({ first_name: 'Íngrid', last_name: 'Ñahuí Ccama', phone: '+51 955 444 111' });
    for (const search of ['ingrid nahui', 'ÑAHUÍ', 'ccama ing', '955444111']) {
      const { json } = await admin.request('GET', `/api/users/?search=${encodeURIComponent(search)}`);
      expect([search, json.results.map((one: { id: number }) => one.id)]).toEqual([search, [id]]);
    }
    expect((await admin.request('GET', '/api/users/?search=100%25')).json.count).toBe(0);
  });

  test('filters and orders, page by page', async () => {
    await make({ role: 'supervisor', is_active: false, last_name: 'Aaa' });
    await make({ role: 'supervisor', is_active: false, last_name: 'Zzz' });
    const { json } = await supervisors('ordering=-last_name&page_size=1');
    expect([json.count, json.results[0].last_name, json.previous]).toEqual([2, 'Zzz', null]);
    expect(json.next).toContain('page=2');
    expect((await supervisors('ordering=last_name')).json.results[0].last_name).toBe('Aaa');
    expect((await supervisors('ordering=password_hash')).status).toBe(400);
  });

  test('changes everything of an account', async () => {
    const { path, id } = await make();
    const changes = { ...input({ role: 'supervisor', first_name: 'Otra' }), is_active: true };
    const { status, json } = await admin.request('PUT', path, { body: changes });
    const { password: _, ...shown } = changes;
    expect([status, json]).toMatchObject([200, { id, ...shown }]);
    const { password: __, ...withoutPassword } = changes;
    expect((await admin.request('PUT', path, { body: withoutPassword })).status).toBe(200);
    expect((await login(changes.username)).status).toBe(200);
  });

  test('does not overwrite what a colleague has changed', async () => {
    const { path } = await make();
    const { headers } = await admin.request('GET', path);
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    expect((await admin.request('PATCH', path, { body: { phone: null }, headers: ifMatch })).status).toBe(
      200,
    );
    const late = await admin.request('PATCH', path, { body: { first_name: 'Tarde' }, headers: ifMatch });
    expect(late.status).toBe(412);
  });

  test('deletes and restores an account', async () => {
    const { path, id, username, email } = await make();
    expect((await admin.request('DELETE', path)).json.success_message).toBe('Registro eliminado.');
    expect((await admin.request('GET', path)).status).toBe(404);
    expect((await login(username)).status).toBe(401);
    const deleted = await admin.request('GET', `/api/users/?deleted=true&search=${username}`);
    expect(deleted.json.results).toMatchObject([{ id }]);
    const again = await admin.request('POST', '/api/users/', { body: input({ email }) });
    expect([again.status, again.json.details.email[0]]).toEqual([409, expect.stringContaining('restaurar')]);
    expect((await admin.request('POST', `${path}restore/`)).json).toMatchObject({ id, username });
    expect((await login(username)).status).toBe(200);
  });

  test('does not change the account of a superuser, nor take its password', async () => {
    const superuser = await app.as('administrator', { isSuperuser: true });
    const path = `/api/users/${superuser.userId}/`;
    for (const body of [
      { password: PASSWORD },
      { role: 'patient' },
      { is_active: false },
      { first_name: 'X' },
    ]) {
      expect((await admin.request('PATCH', path, { body })).status).toBe(403);
    }
    expect((await admin.request('DELETE', path)).status).toBe(403);
    const other = await app.as('administrator', { isSuperuser: true });
    const { json } = await other.request('PATCH', path, { body: { role: 'supervisor' } });
    expect([json.role, json.is_superuser]).toEqual(['supervisor', false]);
  });
});

describe('a signed-in account ends at once', () => {
  const ends: [string, (path: string) => Promise<{ status: number }>][] = [
    ['when it is switched off', (path) => admin.request('PATCH', path, { body: { is_active: false } })],
    ['when it is deleted', (path) => admin.request('DELETE', path)],
    ['when it gets another role', (path) => admin.request('PATCH', path, { body: { role: 'supervisor' } })],
    [
      'when it gets another password',
      (path) => admin.request('PATCH', path, { body: { password: 'Otra-clave-88' } }),
    ],
  ];
  test.each(ends)('%s', async (_, end) => {
    const { path, username } = await make();
    const request = await signedIn(username);
    expect((await request('GET', '/api/users/me/')).status).toBe(200);
    expect((await end(path)).status).toBe(200);
    const after = await request('GET', '/api/users/me/');
    expect([after.status, after.json.code]).toEqual([401, 'SESSION_REVOKED']);
  });

  test('and stays signed in when it is only renamed', async () => {
    const { path, username } = await make();
    const request = await signedIn(username);
    await admin.request('PATCH', path, {
      body: { last_name: 'Distinta', role: 'receptionist', is_active: true },
    });
    expect((await request('GET', '/api/users/me/')).json.last_name).toBe('Distinta');
  });

  test('and comes back with the new password only', async () => {
    const { path, username } = await make();
    await admin.request('PATCH', path, { body: { password: 'Otra-clave-88' } });
    expect((await login(username)).status).toBe(401);
    expect((await login(username, 'Otra-clave-88')).status).toBe(200);
  });
});

describe('the last active administrator', () => {
  test('cannot switch off, demote or delete the own account; with another one it works', async () => {
    const alone = await startTestApp();
    const last = await alone.as('administrator');
    await alone.as('administrator', { isActive: false });
    await alone.as('administrator', { deletedAt: Temporal.Now.instant() });
    const path = `/api/users/${last.userId}/`;
    const attempts = [
      () => last.request('PATCH', path, { body: { is_active: false } }),
      () => last.request('PATCH', path, { body: { role: 'receptionist' } }),
      () => last.request('DELETE', path),
    ];
    for (const attempt of attempts) {
      const { status, json } = await attempt();
      expect([status, json.code, json.details.rule]).toEqual([
        400,
        'BUSINESS_RULE_VIOLATION',
        'last_administrator',
      ]);
    }
    expect((await last.request('GET', '/api/users/me/')).json).toMatchObject({
      role: 'administrator',
      is_active: true,
    });
    await alone.as('administrator');
    expect((await last.request('PATCH', path, { body: { role: 'receptionist' } })).status).toBe(200);
    await alone.close();
  });

  test('is left when two take each other away at the same time', async () => {
    const two = await startTestApp();
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await two.as('administrator'), await two.as('administrator')];
      const answers = await Promise.all([
        a.request('PATCH', `/api/users/${b.userId}/`, { body: { is_active: false } }),
        b.request('DELETE', `/api/users/${a.userId}/`),
      ]);
      const left = await two.services.db
        .select({ id: users.id, deletedAt: users.deletedAt })
        .from(users)
        .where(eq(users.isActive, true));
      const alive = left.filter(({ deletedAt }) => deletedAt === null);
      expect([answers.map(({ status }) => status).toSorted((x, y) => x - y), alive.length]).toEqual([
        [200, 400],
        1,
      ]);
      await two.services.db.update(users).set({ isActive: false });
    }
    await two.close();
  });
});

describe('a person', () => {
  test('sees the own account and no other', async () => {
    for (const role of ['patient', 'therapist', 'receptionist', 'supervisor'] as const) {
      const me = await app.as(role);
      const own = await me.request('GET', '/api/users/me/');
      expect([own.status, own.json.id, own.json.role]).toEqual([200, me.userId, role]);
      expect([own.json.patient_id ?? 0, own.json.therapist_id ?? 0]).toEqual([me.patientId, me.therapistId]);
      expect((await me.request('GET', `/api/users/${me.userId}/`)).json.id).toBe(me.userId);
      const foreign = await me.request('GET', `/api/users/${admin.userId}/`);
      const absent = await me.request('GET', '/api/users/999999/');
      expect([foreign.status, absent.status]).toEqual([404, 404]);
      expect(foreign.text).not.toContain('administrator');
      expect(
        (await me.request('PATCH', `/api/users/${admin.userId}/`, { body: { phone: null } })).status,
      ).toBe(404);
      expect((await me.request('GET', '/api/users/')).status).toBe(403);
      expect((await me.request('DELETE', `/api/users/${me.userId}/`)).status).toBe(403);
      expect((await me.request('POST', '/api/users/', { body: input() })).status).toBe(403);
    }
  });

  test('changes the own name and telephone, in both places', async () => {
    const me = await app.as('patient');
    const first = await me.request('PATCH', '/api/users/me/', {
      body: { first_name: 'Zoë', phone: '+51 900 111 222' },
    });
    expect(first.json).toMatchObject({ first_name: 'Zoë', phone: '+51 900 111 222' });
    const second = await me.request('PATCH', `/api/users/${me.userId}/`, { body: { last_name: 'Li' } });
    expect(second.json.full_name).toBe('Zoë Li');
  });

  test('cannot make more of the own account, and is told of which fields', async () => {
    const me = await app.as('therapist');
    for (const path of ['/api/users/me/', `/api/users/${me.userId}/`]) {
      const body = { role: 'administrator', is_active: false, username: 'jefe', phone: '999999999' };
      const { status, json } = await me.request('PATCH', path, { body });
      expect([status, json.code]).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
      expect(Object.keys(json.details).toSorted()).toEqual(['is_active', 'role', 'username']);
      await me.request('PATCH', path, { body: { is_superuser: true } });
    }
    const { json } = await me.request('GET', '/api/users/me/');
    expect(json).toMatchObject({ role: 'therapist', is_active: true, is_superuser: false, phone: null });
    expect(
      (await me.request('PATCH', '/api/users/me/', { body: { ...json, first_name: 'Ana' } })).status,
    ).toBe(200);
  });

  test('changes the own e-mail address with the current password only, and the password elsewhere', async () => {
    const { username } = await make();
    const request = await signedIn(username);
    const email = `nuevo${unique()}@example.com`;
    const change = (body: object) => request('PATCH', '/api/users/me/', body);
    for (const body of [{ email }, { email, current_password: 'otra' }]) {
      const { status, json } = await change(body);
      expect([status, Object.keys(json.details)]).toEqual([400, ['current_password']]);
    }
    expect(Object.keys((await change({ password: 'Otra-clave-88' })).json.details)).toEqual(['password']);
    const done = await change({ email, current_password: PASSWORD });
    expect([done.status, done.json.email]).toEqual([200, email]);
    expect(done.text).not.toContain(PASSWORD);
  });

  test('cannot guess the own password there for ever', async () => {
    const { username } = await make();
    const request = await signedIn(username);
    const guess = () =>
      request('PATCH', '/api/users/me/', { email: 'x@example.com', current_password: 'no' });
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await guess()).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429]);
  });
});

test('a user is not a therapist and a patient at once', async () => {
  const [patient, therapist] = [await app.as('patient'), await app.as('therapist')];
  for (const refused of [await give(patient.userId, 'therapist'), await give(therapist.userId, 'patient')]) {
    expect([refused.status, Object.keys(refused.json.details)]).toEqual([400, ['role']]);
  }
  const { json } = await give(therapist.userId, 'supervisor');
  expect(json).toMatchObject({ role: 'supervisor', therapist_id: therapist.therapistId });
});
