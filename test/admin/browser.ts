import { afterAll, afterEach, beforeAll, expect } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Role } from '../../src/context.ts';
import type { QueueConsole } from '../../src/queue/console.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { listen } from '../http/service.ts';

const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));
const PASSWORD = 'Una-clave-larga-1';

/** A tab of a person's browser. */
export type Tab = Page;

export type Panel = Awaited<ReturnType<typeof openPanel>>;

/** The panel in a real browser; whatever the browser complains of is collected in `trouble`. */
async function openPanel(app: TestApp) {
  const server = listen(app);
  const passwordHash = await app.services.passwords.hash(PASSWORD);
  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const trouble: string[] = [];

  const tab = async (path = '/admin/'): Promise<Page> => {
    const context = await browser.newContext({ locale: 'es-PE', viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('dialog', (dialog) => trouble.push(`dialog ${dialog.message()}`));
    page.on('console', (message) => {
      // What the API refuses the browser logs by itself.
      if (['error', 'warning'].includes(message.type()) && !/Failed to load resource/.test(message.text()))
        trouble.push(message.text());
    });
    await page.goto(origin + path);
    return page;
  };

  return {
    origin,
    trouble,
    tab,
    /** Somebody with a password, who is not signed in yet. */
    person: async (role: Role, username: string) => app.as(role, { username, passwordHash }),
    signedIn: async (username: string, path?: string) => {
      const page = await tab(path);
      await signIn(page, username);
      return page;
    },
    close: async () => {
      await browser.close();
      await server.stop();
    },
  };
}

/** The panel for the tests of a file, whatever they leave; what the browser complains of fails the test. */
export function withPanel(
  prepare: (opened: { app: TestApp; panel: Panel }) => Promise<void> | void,
  queues?: QueueConsole,
): void {
  let app: TestApp;
  let panel: Panel;
  beforeAll(async () => {
    app = await startTestApp({}, queues);
    panel = await openPanel(app);
    await prepare({ app, panel });
  });
  afterEach(() => {
    expect(panel.trouble.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await panel?.close();
    await app.close();
  });
}

export async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Usuario').fill(username);
  await page.getByLabel('Contraseña').fill(password);
  await page.getByRole('button', { name: 'Ingresar' }).click();
}

/** A dialog takes no confirmation in its first moments, so that a double click does not give it. */
export const settled = (page: Page): Promise<void> => page.waitForTimeout(400);

/** A picture of the page for whoever looks at the tests' output, wide and on a phone, where nothing sticks out. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(OUTPUT, { recursive: true });
  for (const [suffix, width] of [
    ['', 1280],
    ['-phone', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${OUTPUT}${name}${suffix}.png`, fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** What a screen reader could not name or would trip over. */
export const obstacles = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    for (const control of document.querySelectorAll<HTMLInputElement>('input, select, textarea')) {
      const isNamed = control.hasAttribute('aria-label') || (control.labels?.length ?? 0) > 0;
      if (!isNamed) found.push(`no label: ${control.outerHTML}`);
    }
    for (const element of document.querySelectorAll(
      'button, a, dialog, nav, th, [role=group], [role=listbox]',
    )) {
      const { ariaLabel, textContent } = element;
      const title = document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent;
      const isNamed = [ariaLabel, textContent, title].some((text) => text?.trim());
      if (!isNamed) found.push(`no name: ${element.outerHTML.slice(0, 200)}`);
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`twice: ${id}`);
    for (const attribute of [
      'aria-describedby',
      'aria-controls',
      'aria-activedescendant',
      'aria-labelledby',
      'for',
    ]) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) {
        for (const id of (element.getAttribute(attribute) ?? '').split(' '))
          if (!ids.includes(id)) found.push(`${attribute} names nothing: ${id}`);
      }
    }
    if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
    if (!document.documentElement.lang) found.push('no language');
    return found;
  });
