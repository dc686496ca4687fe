import { expect, test } from 'bun:test';
import { createBreakers, ProviderOpen } from '../../src/breakers.ts';

const outage = new Error('connection refused');
const refused = new Error('no such mailbox');
const isOutage = (error: unknown) => error === outage;
const down = () => Promise.reject(outage);

async function fail(breakers: ReturnType<typeof createBreakers>, times: number, error = outage) {
  for (let i = 0; i < times; i++) {
    const call = breakers.call('smtp', () => Promise.reject(error), isOutage);
    expect(await call.catch((caught: unknown) => caught)).toBe(error);
  }
}

test('five outages in a row open the circuit of that provider alone, and it is not called meanwhile', async () => {
  const changes: string[] = [];
  const breakers = createBreakers({ onChange: (provider, state) => changes.push(`${provider} ${state}`) });
  await fail(breakers, 4);
  expect(breakers.states()).toEqual({ smtp: 'closed', sms: 'closed', push: 'closed' });
  await fail(breakers, 1);
  expect(breakers.states()).toEqual({ smtp: 'open', sms: 'closed', push: 'closed' });
  let called = false;
  const error = await breakers
    .call('smtp', async () => void (called = true), isOutage)
    .catch((caught: unknown) => caught);
  expect(called).toBe(false);
  expect(error).toBeInstanceOf(ProviderOpen);
  const { retryInMs } = error as ProviderOpen;
  expect(retryInMs).toBeGreaterThan(29_000);
  expect(retryInMs).toBeLessThanOrEqual(30_000);
  expect(await breakers.call('sms', async () => 'sent', isOutage)).toBe('sent');
  expect(changes).toEqual(['smtp open']);
});

test('a refusal of one message says nothing of the provider', async () => {
  const breakers = createBreakers();
  await fail(breakers, 20, refused);
  expect(breakers.states().smtp).toBe('closed');
});

test('a success in between begins the count anew', async () => {
  const breakers = createBreakers();
  await fail(breakers, 4);
  await breakers.call('smtp', async () => 'sent', isOutage);
  await fail(breakers, 4);
  expect(breakers.states().smtp).toBe('closed');
});

test('after its rest one call tries: it closes the circuit, or opens it again', async () => {
  const breakers = createBreakers({ restMs: 50 });
  await fail(breakers, 5);
  await Bun.sleep(60);
  expect(await breakers.call('smtp', down, isOutage).catch((caught: unknown) => caught)).toBe(outage);
  expect(breakers.states().smtp).toBe('open');
  await Bun.sleep(60);
  expect(await breakers.call('smtp', async () => 'sent', isOutage)).toBe('sent');
  expect(breakers.states().smtp).toBe('closed');
});
