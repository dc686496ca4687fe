import { afterAll, afterEach, beforeAll, describe, expect, setSystemTime, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { createTokens } from '../../src/access/tokens.ts';
import { auditLog } from '../../src/db/audit.ts';
import { sessions, users } from '../../src/modules/users/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { login, registered } from './account.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true' });
});
afterEach(() => {
  setSystemTime();
});
afterAll(() => app.close());

const verify = (token?: string) => app.request('GET', '/api/auth/verify/', { token });
const refresh = (token: unknown) =>
  app.request('POST', '/api/auth/refresh/', { body: { refresh_token: token } });

const signedIn = async () => {
  const me = await registered(app);
  const { json } = await login(app.request, me.username);
  return { ...me, access: String(json.access_token), refresh: String(json.refresh_token) };
};

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const payloadOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('a token', () => {
  test('tells who is signed in and what they may do', async () => {
    const me = await signedIn();
    const { status, json } = await verify(me.access);
    expect([status, Object.keys(json), json.user_info.id]).toEqual([
      200,
      ['user_info', 'permissions'],
      me.id,
    ]);
    expect(json.permissions).toEqual(app.services.access.permissionsOf('patient'));
    expect(json.permissions).toContain('appointments:create');
    expect(json.permissions).not.toContain('patients:delete');
    const claims = payloadOf(me.access);
    expect(Object.keys(claims).toSorted()).toEqual(['exp', 'iat', 'jti', 'sid', 'sub', 'use']);
    // The two are rounded down apart.
    expect(Number(claims['exp']) - Number(claims['iat'])).toBeWithin(898, 902);
  });

  test('is asked for', async () => {
    const { status, json } = await verify();
    expect([status, json.code]).toEqual([401, 'AUTHENTICATION_REQUIRED']);
  });

  test.each([
    'Bearer',
    'Bearer x',
    'Bearer a.b',
    'Bearer a.b.c',
    'Bearer a.b.c.d',
    'Basic YWRtaW46YWRtaW4=',
    'Token x',
    `Bearer ${'x'.repeat(5_000)}.y.z`,
  ])('is not %p', async (authorization) => {
    const { status, json } = await app.request('GET', '/api/auth/verify/', { headers: { authorization } });
    expect([status, json.code]).toEqual([401, 'TOKEN_INVALID']);
  });

  test('is not believed when it was changed, signed by nobody, by another key or in another way', async () => {
    const { access } = await signedIn();
    const [header = '', , signature = ''] = access.split('.');
    const payload = payloadOf(access);
    const claims = { userId: 1, sessionId: String(payload['sid']), tokenId: 'x', expiresAt: 4_000_000_000 };
    const forgeries = [
      `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(payload)}.x`,
      `${encoded({ alg: 'none' })}.${encoded(payload)}.${signature}`,
      `${encoded({ alg: 'HS512' })}.${encoded(payload)}.${signature}`,
      `${header}.${encoded({ ...payload, sub: '1' })}.${signature}`,
      `${header}.${encoded({ ...payload, exp: 4_000_000_000 })}.${signature}`,
      `${access}x`,
      await createTokens('another key, of at least thirty-two characters').sign('access', claims),
    ];
    for (const token of forgeries) {
      const { status, json } = await verify(token);
      expect([token, status, json.code]).toEqual([token, 401, 'TOKEN_INVALID']);
    }
    // An empty signature is not even the form of a token.
    expect((await verify(`${encoded({ alg: 'none' })}.${encoded(payload)}.`)).json.code).toBe(
      'TOKEN_INVALID',
    );
  });

  test('is of no use for anything but its purpose', async () => {
    const me = await signedIn();
    expect((await verify(me.refresh)).json.code).toBe('TOKEN_INVALID');
    expect((await refresh(me.access)).json.code).toBe('TOKEN_INVALID');
  });

  test('expires after 15 minutes, the refresh token after 14 days', async () => {
    const me = await signedIn();
    const start = Date.now();
    expect((await verify(me.access)).status).toBe(200);
    setSystemTime(start + 14 * 60_000);
    expect((await verify(me.access)).status).toBe(200);
    setSystemTime(start + 15 * 60_000 + 1_000);
    expect((await verify(me.access)).json).toMatchObject({ code: 'TOKEN_EXPIRED', error: 'Token expirado' });
    setSystemTime(start + 14 * 86_400_000 + 1_000);
    expect((await refresh(me.refresh)).json.code).toBe('TOKEN_EXPIRED');
  });

  test('of an account that was switched off is dead at once', async () => {
    const me = await signedIn();
    await app.services.db.update(users).set({ isActive: false }).where(eq(users.id, me.id));
    expect((await verify(me.access)).json.code).toBe('SESSION_REVOKED');
    expect((await refresh(me.refresh)).json.code).toBe('SESSION_REVOKED');
  });
});

describe('logging out', () => {
  test('ends the session at once, for both tokens, and only this one', async () => {
    const me = await signedIn();
    const second = (await login(app.request, me.username)).json;
    expect((await app.request('POST', '/api/auth/logout/', { token: me.access })).json).toEqual({
      success_message: 'Sesión cerrada.',
    });
    expect((await verify(me.access)).json.code).toBe('SESSION_REVOKED');
    expect((await refresh(me.refresh)).json.code).toBe('SESSION_REVOKED');
    expect((await app.request('POST', '/api/auth/logout/', { token: me.access })).status).toBe(401);
    expect((await verify(second.access_token)).status).toBe(200);
  });
});

describe('refreshing', () => {
  test('gives a new pair; the old refresh token is spent', async () => {
    const me = await signedIn();
    const { status, json } = await refresh(me.refresh);
    expect([status, Object.keys(json)]).toEqual([
      200,
      ['access_token', 'refresh_token', 'token_type', 'expires_in'],
    ]);
    expect(json.refresh_token).not.toBe(me.refresh);
    expect((await verify(json.access_token)).status).toBe(200);
    expect((await refresh(json.refresh_token)).status).toBe(200);
  });

  test('twice with one token closes the session for both sides', async () => {
    const me = await signedIn();
    const { json } = await refresh(me.refresh);
    const reused = await refresh(me.refresh);
    expect([reused.status, reused.json.code]).toEqual([401, 'SESSION_REVOKED']);
    for (const token of [me.access, String(json.access_token)]) {
      expect((await verify(token)).json.code).toBe('SESSION_REVOKED');
    }
    expect((await refresh(json.refresh_token)).json.code).toBe('SESSION_REVOKED');
    const rows = await app.services.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.entityId, String(payloadOf(me.access)['sid'])));
    expect(rows.map(({ action }) => action)).toContain('refresh_token_reused');
  });

  test('at the same time with one token is won by one at most', async () => {
    for (let round = 0; round < 5; round++) {
      const me = await signedIn();
      const answers = await Promise.all([1, 2, 3].map(() => refresh(me.refresh)));
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
      expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(2);
      expect((await verify(me.access)).json.code).toBe('SESSION_REVOKED');
    }
  });

  test.each([[undefined], [''], [7], [null], ['x'.repeat(2_001)]])('refuses %p as input', async (token) => {
    const { status, json } = await refresh(token);
    expect([status, Object.keys(json.details)]).toEqual([400, ['refresh_token']]);
  });

  test('refuses what is no token, and a forged one', async () => {
    const me = await signedIn();
    for (const token of ['x', 'a.b.c', `${me.refresh}x`]) {
      expect((await refresh(token)).json.code).toBe('TOKEN_INVALID');
    }
  });
});

const list = (client: Pick<Client, 'token'>) =>
  app.request('GET', '/api/auth/sessions/', { token: client.token });

const revoke = (client: Pick<Client, 'token'>, id: string) =>
  app.request('DELETE', `/api/auth/sessions/${id}/`, { token: client.token });

describe('own sessions', () => {
  test('are listed with device, address and times, and can be closed one by one', async () => {
    const me = await registered(app);
    const [one, two] = await Promise.all(
      ['Firefox', 'A phone '.repeat(50)].map(async (device, i) => {
        const answer = await app.request('POST', '/api/auth/login/', {
          body: { username: me.username, password: me.password },
          headers: { 'user-agent': device, 'x-forwarded-for': `203.0.113.${i + 20}` },
        });
        return { token: String(answer.json.access_token) };
      }),
    );
    if (!one || !two) throw new Error('unreachable');
    const { status, json } = await list(one);
    expect([status, json.length]).toEqual([200, 2]);
    const current = json.find((row: { is_current: boolean }) => row.is_current);
    expect(Object.keys(current)).toEqual(['id', 'device', 'ip', 'created_at', 'last_seen_at', 'is_current']);
    expect(current).toMatchObject({ device: 'Firefox', ip: '203.0.113.20' });
    const other = json.find((row: { is_current: boolean }) => !row.is_current);
    expect(other.device).toHaveLength(255);

    expect((await revoke(one, other.id)).status).toBe(200);
    expect((await verify(two.token)).json.code).toBe('SESSION_REVOKED');
    expect((await verify(one.token)).status).toBe(200);
    expect((await revoke(one, other.id)).status).toBe(404);
    expect((await list(one)).json).toHaveLength(1);
  });

  test('of others are neither shown nor closed', async () => {
    const [me, other] = [await app.as('administrator'), await app.as('patient')];
    const [row] = await app.services.db.select().from(sessions).where(eq(sessions.userId, other.userId));
    const foreign = await revoke(me, row?.id ?? '');
    const absent = await revoke(me, crypto.randomUUID());
    expect([foreign.status, foreign.json.code]).toEqual([404, 'NOT_FOUND']);
    expect({ ...foreign.json, request_id: '' }).toEqual({ ...absent.json, request_id: '' });
    expect((await verify(other.token)).status).toBe(200);
    expect((await list(me)).json).toHaveLength(1);
    expect((await revoke(me, 'x')).status).toBe(400);
  });
});
