import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Ctx, transaction } from '../../src/context.ts';
import { audit } from '../../src/db/audit.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;
let admin: Client;
beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const entries = async (query = '') => {
  const { status, json } = await admin.request('GET', `/api/audit/?${query}`);
  expect(status).toBe(200);
  return json.results as Record<string, unknown>[];
};

describe('a change', () => {
  test('is told with actor, request, time, and what differs, the newest first', async () => {
    const made = await admin.request('POST', '/api/specialties/', {
      body: { name: 'Moxibustión', description: 'Calor' },
      headers: { 'x-request-id': 'made-1' },
    });
    const path = `/api/specialties/${made.json.id}/`;
    await admin.request('PATCH', path, {
      body: { description: null },
      headers: { 'x-request-id': 'changed-1' },
    });
    await admin.request('DELETE', path);
    const [deleted, changed, created] = await entries(`entity=specialty&entity_id=${made.json.id}`);
    expect([deleted?.['action'], created?.['action']]).toEqual(['delete', 'create']);
    expect(created).toMatchObject({ request_id: 'made-1', before: null, after: { name: 'Moxibustión' } });
    expect(changed).toEqual({
      id: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-05:00$/),
      actor_id: admin.userId,
      actor: `user:${admin.userId}`,
      actor_name: expect.stringContaining('administrator'),
      ip: null,
      request_id: 'changed-1',
      action: 'update',
      entity: 'specialty',
      entity_id: String(made.json.id),
      before: { description: 'Calor' },
      after: { description: null },
      sealed: false,
    });
  });

  test('that is refused is not told', async () => {
    const before = (await entries('entity=specialty')).length;
    await admin.request('POST', '/api/specialties/', { body: { name: '' } });
    await admin.request('DELETE', '/api/specialties/999999999/');
    expect(await entries('entity=specialty')).toHaveLength(before);
  });

  test('never shows a secret, however deep', async () => {
    await transaction(app.ctx(), (tx) =>
      audit(tx, {
        action: 'update',
        entity: 'secretive',
        entityId: 1,
        before: { password_hash: 'geheim-1', note: 'x' },
        after: {
          password_hash: 'geheim-2',
          note: 'y',
          list: [{ token: 'geheim-3', at: Temporal.Instant.from('2026-01-01T00:00:00Z') }],
          two_factor: { otp_secret: 'geheim-4', recovery_codes: ['geheim-5'] },
          keys: { auth: 'geheim-6' },
          password: null,
        },
      }),
    );
    const [entry] = await entries('entity=secretive');
    expect(JSON.stringify(entry)).not.toContain('geheim');
    expect(entry).toMatchObject({
      before: { password_hash: '***', note: 'x' },
      after: { note: 'y', list: [{ token: '***', at: '2026-01-01T00:00:00Z' }], keys: '***' },
    });
  });
});

const write = (fields: Partial<Ctx>, entry: { action: string; entity: string; entityId: number }) =>
  transaction({ ...app.ctx(), ...fields }, (tx) => audit(tx, entry));

const page = async (query: string) =>
  (await admin.request('GET', `/api/audit/?entity=thing&page_size=10&${query}`)).json;

describe('the list', () => {
  beforeAll(async () => {
    const now = Temporal.Instant.from('2026-03-10T12:00:00Z');
    for (let i = 0; i < 25; i++) {
      await write(
        { now: now.add({ hours: i * 24 }), requestId: `request-${i % 5}` },
        { action: i % 2 === 0 ? 'check' : 'mark', entity: 'thing', entityId: i % 3 },
      );
    }
  });

  test('is filtered by each of its fields and by all together', async () => {
    const count = async (query: string) =>
      (await admin.request('GET', `/api/audit/?entity=thing&${query}`)).json.count as number;
    expect(await count('')).toBe(25);
    expect(await count('entity_id=0')).toBe(9);
    expect(await count('action=check')).toBe(13);
    expect(await count('request_id=request-4')).toBe(5);
    expect(await count('date_from=2026-03-11&date_to=2026-03-12')).toBe(2);
    expect(await count('entity_id=0&action=check&request_id=request-0')).toBe(1);
    expect(await count(`actor_id=${admin.userId}`)).toBe(0);
    expect((await entries(`actor_id=${admin.userId}`)).every((one) => one['actor_id'] === admin.userId)).toBe(
      true,
    );
  });

  test('comes in pages, the newest first, or the oldest when asked', async () => {
    const pages = [await page('page=1'), await page('page=2'), await page('page=3')];
    expect(pages.map(({ results }) => results.length)).toEqual([10, 10, 5]);
    expect(pages[0].next).toContain('page=2');
    expect(pages[2].next).toBeNull();
    const all = pages.flatMap(({ results }) => results.map(({ at }: { at: string }) => at));
    expect(all).toEqual(all.toSorted((a, b) => (a < b ? 1 : -1)));
    expect((await page('ordering=at')).results[0].at).toBe(all.at(-1));
  });

  test('is for administrators only', async () => {
    for (const role of ['patient', 'therapist', 'supervisor', 'receptionist'] as const) {
      expect((await (await app.as(role)).request('GET', '/api/audit/')).status).toBe(403);
    }
    expect((await app.request('GET', '/api/audit/')).status).toBe(401);
  });
});
