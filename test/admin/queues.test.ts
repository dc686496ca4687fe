import { expect, setDefaultTimeout, test } from 'bun:test';
import type { QueueConsole } from '../../src/queue/console.ts';
import type { JobRecord } from '../../src/queue/port.ts';
import { obstacles, type Panel, picture, withPanel } from './browser.ts';

setDefaultTimeout(60_000);

const failed: JobRecord[] = Array.from({ length: 23 }, (_, i) => ({
  id: `outbox-${i}`,
  name: 'notify-appointment',
  queue: 'notifications',
  state: 'failed',
  attempts: 3,
  progress: 0,
  failedReason: i === 22 ? '<img src=x onerror=alert(1)> SMTP 450' : '1 of 3 deliveries did not succeed',
  createdAt: Date.now() - 60_000,
  finishedAt: Date.now(),
}));
const retried: string[] = [];
const queues: QueueConsole = {
  counts: async (queue) => ({
    waiting: 0,
    active: 1,
    delayed: 4,
    completed: 1_250,
    failed: queue === 'notifications' ? failed.length : 0,
  }),
  list: async (_queue, _state, start, end) => failed.toReversed().slice(start, end),
  retry: async (queue, id) => {
    retried.push(`${queue}/${id}`);
    return true;
  },
  threads: () => [
    { queue: 'notifications', index: 0, state: 'running', since: Date.now(), restarts: 0, breakers: {} },
    { queue: 'exports', index: 0, state: 'resting', since: Date.now(), restarts: 3, breakers: {} },
  ],
  providers: () => ({ smtp: 'open', sms: 'half_open', push: 'closed' }),
};

let panel: Panel;
withPanel(async (opened) => {
  ({ panel } = opened);
  await panel.person('administrator', 'jefa');
  await panel.person('receptionist', 'mesa');
}, queues);

test('a receptionist is not offered it, and does not get it by its address', async () => {
  const page = await panel.signedIn('mesa', '/admin/#/colas');
  await page.getByText('Esta página no existe o no está a su alcance.').waitFor();
  expect(await page.getByRole('navigation').innerText()).not.toMatch(/Colas|API/);
});

test('an administrator sees queues, threads, circuits and failed jobs, turns the page and retries one', async () => {
  const page = await panel.signedIn('jefa', '/admin/queues/');
  await page.getByRole('heading', { name: 'Trabajos (23)' }).waitFor();
  expect(await page.getByRole('navigation').innerText()).toContain('API');
  expect(await obstacles(page)).toEqual([]);
  await picture(page, 'panel-queues');
  const text = await page.locator('main').innerText();
  for (const shown of [
    'notifications',
    'en pausa por fallos',
    'a prueba',
    'espera de reinicio',
    '1,250',
    'onerror',
  ]) {
    expect(text).toContain(shown);
  }
  await page.getByRole('button', { name: 'Reintentar' }).first().click();
  await page.getByText('El trabajo se ejecutará de nuevo.').waitFor();
  expect(retried).toEqual(['notifications/outbox-22']);
  await page.getByRole('button', { name: 'Siguientes' }).click();
  await page.getByRole('button', { name: 'Anteriores' }).waitFor();
});
