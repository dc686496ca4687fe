import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { QueueConsole } from '../../src/queue/console.ts';
import type { JobRecord } from '../../src/queue/port.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { listen } from '../http/service.ts';

setDefaultTimeout(60_000);

const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));
const PASSWORD = 'Una-clave-larga-1';
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

let app: TestApp;
let server: ReturnType<typeof listen>;
let browser: Browser;
let page: Page;
const trouble: string[] = [];

beforeAll(async () => {
  app = await startTestApp({}, queues);
  const passwordHash = await app.services.passwords.hash(PASSWORD);
  await app.as('administrator', { username: 'jefa', passwordHash });
  await app.as('receptionist', { username: 'mesa', passwordHash });
  server = listen(app);
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const context = await browser.newContext({ locale: 'es-PE', viewport: { width: 1200, height: 1000 } });
  page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (/Content Security|CSP/i.test(message.text())) trouble.push(message.text());
  });
  page.on('dialog', (dialog) => trouble.push(`dialog ${dialog.message()}`));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await app.close();
});

async function logIn(username: string) {
  await page.goto(`http://127.0.0.1:${server.port}/admin/queues/`);
  await page.getByLabel('Usuario').fill(username);
  await page.getByLabel('Contraseña').fill(PASSWORD);
  await page.getByRole('button', { name: 'Ingresar' }).click();
}

test('the page alone says nothing, and allows nothing but itself', async () => {
  const { status, headers, text } = await app.request('GET', '/admin/queues/');
  expect(status).toBe(200);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'nonce-[\w-]+'; style-src 'nonce-[\w-]+'; connect-src 'self'/,
  );
  expect(text).toContain('lang="es"');
  expect(text).not.toContain('outbox-');
  expect(text).not.toContain('{{');
  const english = await app.request('GET', '/admin/queues/', { headers: { 'accept-language': 'en' } });
  expect(english.text).toContain('lang="en"');
});

test('a receptionist is told that this is not for them', async () => {
  await logIn('mesa');
  await page.getByText('Esta página es para administradores.').waitFor();
});

test('an administrator sees queues, threads, circuits and failed jobs, turns the page and retries one', async () => {
  await logIn('jefa');
  await page.getByRole('heading', { name: 'Trabajos (23)' }).waitFor();
  mkdirSync(OUTPUT, { recursive: true });
  await page.screenshot({ path: `${OUTPUT}queue-board.png`, fullPage: true });
  const text = await page.locator('main').innerText();
  for (const shown of [
    'notifications',
    'en pausa por fallos',
    'a prueba',
    'espera de reinicio',
    '1250',
    'onerror',
  ]) {
    expect(text).toContain(shown);
  }
  await page.getByRole('button', { name: 'Reintentar' }).first().click();
  await page.getByText('El trabajo se ejecutará de nuevo.').waitFor();
  expect(retried).toEqual(['notifications/outbox-22']);
  await page.getByRole('button', { name: 'Siguientes' }).click();
  await page.getByRole('button', { name: 'Anteriores' }).waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: `${OUTPUT}queue-board-phone.png` });
  const overflows = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
  expect(overflows).toBe(false);
  await page.getByRole('button', { name: 'Salir' }).click();
  await page.getByLabel('Usuario').waitFor();
  expect(trouble).toEqual([]);
});
