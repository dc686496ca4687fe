import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { permissionId } from '../../src/access/permission-id.ts';
import { type Instance, startInstances } from '../appointments/instances.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { testRedis } from '../services.ts';

const TICKETS = '/api/appointments/tickets/';
const ROUNDS = 10;

describe.each(['database', 'Redis'])('two instances with their sessions in the %s', (kind) => {
  let app: TestApp;
  let running: Awaited<ReturnType<typeof startInstances>>;
  let admin: Client;

  beforeAll(async () => {
    app = await startTestApp();
    running = await startInstances(app, 2, kind === 'Redis' ? { REDIS_URL: await testRedis() } : {});
    admin = await app.as('administrator');
  }, 60_000);
  afterAll(async () => {
    expect(await running.stop()).toEqual([0, 0]);
    await app.close();
  }, 30_000);

  const [first, second] = [0, 1].map((n) => () => running.instances[n] as Instance) as [
    () => Instance,
    () => Instance,
  ];
  const onBoth = ({ token }: Client) =>
    Promise.all([second(), first()].map(async (at) => (await at.request('GET', TICKETS, token)).status));

  /** Requests on both instances while `change` is made on the first: none may leave an old answer behind. */
  async function amidReaders(client: Client, change: () => Promise<{ status: number }>): Promise<number[]> {
    const readers = [1, 2, 3, 4].map(() => onBoth(client));
    expect((await change()).status).toBeLessThan(300);
    const after = await onBoth(client);
    await Promise.all(readers);
    return [...after, ...(await onBoth(client))];
  }

  test('a grant on one is in force on both on the next request, and so is its end', async () => {
    const clerk = await app.as('supervisor');
    const assign = (...ids: number[]) =>
      first().request('POST', '/api/permissions/assign/', admin.token, {
        user_id: clerk.userId,
        permission_ids: ids,
      });
    expect(await onBoth(clerk)).toEqual([403, 403]);
    for (let round = 0; round < ROUNDS; round++) {
      expect(await amidReaders(clerk, () => assign(permissionId('tickets:read')))).toEqual(
        Array(4).fill(200),
      );
      expect(await amidReaders(clerk, () => assign())).toEqual(Array(4).fill(403));
    }
  });

  test('a changed role is in force on both for everybody who has it', async () => {
    const made = await first().request('POST', '/api/roles/', admin.token, { name: 'Caja' });
    expect(made.status).toBe(201);
    const clerks = await Promise.all([1, 2].map(() => app.as('supervisor', { role: 'Caja' })));
    const change = (body: object) => () =>
      first().request('PATCH', `/api/roles/${made.json.id}/`, admin.token, body);
    for (const clerk of clerks) expect(await onBoth(clerk)).toEqual([403, 403]);
    for (const clerk of clerks) {
      const given = change({ permissions: ['tickets:read'], name: `Caja ${clerk.userId}` });
      expect(await amidReaders(clerk, given)).toEqual(Array(4).fill(200));
      for (const one of clerks) expect(await onBoth(one)).toEqual([200, 200]);
      expect(await amidReaders(clerk, change({ permissions: [] }))).toEqual(Array(4).fill(403));
      for (const one of clerks) expect(await onBoth(one)).toEqual([403, 403]);
    }
  });
});
