import { afterAll, beforeAll, expect, test } from 'bun:test';
import { gated } from '../../src/access/password-gate.ts';
import { createApp } from '../../src/app.ts';
import { requestTo, startTestApp, type TestApp, unique } from '../harness.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true' });
});
afterAll(() => app.close());

/** Hashing that takes until `finish`, and tells how many ran at once at most. */
function slowPasswords() {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const seen = { running: 0, most: 0, done: 0 };
  const work = async () => {
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await finished;
    seen.running -= 1;
    seen.done += 1;
  };
  const passwords = {
    hash: async () => work().then(() => 'hash'),
    verify: async () => work().then(() => false),
  };
  return { passwords, finish, seen };
}

test('few passwords are hashed at once, a bounded number waits, the rest is turned away at once', async () => {
  const { passwords, finish, seen } = slowPasswords();
  const gate = gated(passwords, 2);
  const all = Array.from({ length: 60 }, (_, n) => (n % 2 ? gate.hash('x') : gate.verify('x', 'y')));
  const outcomes = Promise.allSettled(all);
  await Bun.sleep(1);
  expect(seen.running).toBe(2);
  finish();
  const refused = (await outcomes).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect([seen.most, seen.done, refused.length]).toEqual([2, 50, 10]);
  for (const error of refused) expect(error).toMatchObject({ code: 'EXTERNAL_SERVICE_ERROR', retryAfter: 2 });
  expect(await gate.hash('x')).toBe('hash');
});

test('a hashing that fails makes room for the next', async () => {
  const gate = gated({ hash: () => Promise.reject(new Error('broken')), verify: async () => true }, 1);
  const outcomes = await Promise.allSettled([gate.hash('x'), gate.hash('x'), gate.verify('x', 'y')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});

test('a login that finds no room is told when to come back; it does not count as a failure', async () => {
  const { passwords, finish } = slowPasswords();
  const request = requestTo(createApp({ ...app.services, passwords: gated(passwords, 1) }));
  const attempt = () =>
    request('POST', '/api/auth/login/', {
      // Each its own name: the tenth failure of one would be answered 429.
      body: { username: `nobody${unique()}`, password: 'x' },
      headers: { 'x-forwarded-for': `10.4.0.${unique() % 250}` },
    });
  const answers = Array.from({ length: 40 }, attempt);
  const first = await Promise.race(answers);
  expect([first.status, first.json.code, first.headers.get('retry-after')]).toEqual([
    503,
    'EXTERNAL_SERVICE_ERROR',
    '2',
  ]);
  // Others are served meanwhile.
  expect((await request('GET', '/api/auth/login/')).status).toBe(200);
  finish();
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([401, 503]));
});
