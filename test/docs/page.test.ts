import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { listen } from '../http/service.ts';

const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));

let app: TestApp;
let admin: Client;
let server: ReturnType<typeof listen>;
let browser: Browser;
let page: Page;
const requested: string[] = [];
const failures: string[] = [];

/** Requests to anything but this server. */
const elsewhere = () =>
  requested.filter(
    (url) => !/^(data|blob):/.test(url) && !url.startsWith(`http://127.0.0.1:${server.port}/`),
  );

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
  server = listen(app);
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.on('request', (request) => requested.push(request.url()));
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') failures.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${server.port}/swagger`);
  await page.getByText('Whether database, queue and workers answer').first().waitFor({ timeout: 45_000 });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await app.close();
});

describe('the documentation page', () => {
  test('shows the service and its operations', async () => {
    await page.getByRole('heading', { name: 'Backend-Optimizacion' }).waitFor();
    await page.getByText('/health/ready/').first().waitFor();
    expect(await page.title()).toContain('Backend-Optimizacion');
    const text = await page.locator('body').innerText();
    for (const shown of [
      'Backend-Optimizacion',
      'Patients',
      'Appointments',
      '/health/ready/',
      'bearerAuth',
    ]) {
      expect(text.toLowerCase()).toContain(shown.toLowerCase());
    }
    mkdirSync(OUTPUT, { recursive: true });
    await page.screenshot({ path: `${OUTPUT}swagger.png` });
  });

  test('comes whole from this server, and its own policy lets it', async () => {
    expect(elsewhere()).toEqual([]);
    expect(requested.some((url) => url.endsWith('/assets/api-reference.js'))).toBe(true);
    expect(failures).toEqual([]);
    const { headers } = await admin.request('GET', '/assets/api-reference.js');
    expect(headers.get('cache-control')).toContain('max-age');
  });

  test('calls the service as the person whose token it was given', async () => {
    await page.getByPlaceholder('Token').first().fill(admin.token);
    await page.getByRole('button', { name: 'Open Group' }).first().click();
    await page.getByText('Who is signed in and what they may do').first().click();
    await page
      .getByRole('button', { name: /Test Request.*auth\/verify/ })
      .first()
      .click();
    const answered = page.waitForResponse((response) => response.url().endsWith('/api/auth/verify/'));
    await page.getByRole('button', { name: /^Send/ }).first().click();
    const response = await answered;
    const { user_info: person } = (await response.json()) as { user_info: { id: number } };
    expect([response.status(), person.id]).toEqual([200, admin.userId]);
    await page.getByText('200 OK').first().waitFor();
    await page.screenshot({ path: `${OUTPUT}swagger-try.png` });
    expect([elsewhere(), failures]).toEqual([[], []]);
  });
});
