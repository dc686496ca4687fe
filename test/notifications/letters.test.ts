import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { parseConfig } from '../../src/config.ts';
import type { Brand } from '../../src/modules/notifications/brand.ts';
import {
  cancellationToPatient,
  cancellationToTherapist,
} from '../../src/modules/notifications/messages/appointment-cancellation.ts';
import { appointmentConfirmation } from '../../src/modules/notifications/messages/appointment-confirmation.ts';
import type { AppointmentFacts } from '../../src/modules/notifications/messages/appointment-facts.ts';
import { appointmentReminder } from '../../src/modules/notifications/messages/appointment-reminder.ts';
import { appointmentStatus } from '../../src/modules/notifications/messages/appointment-status.ts';
import type { Content } from '../../src/modules/notifications/messages/content.ts';
import { inWords } from '../../src/modules/notifications/messages/content.ts';
import { importReady } from '../../src/modules/notifications/messages/import-ready.ts';
import { asHtml, asText, LOGO_CID } from '../../src/modules/notifications/messages/layout.ts';
import { passwordReset } from '../../src/modules/notifications/messages/password-reset.ts';
import { reportReady } from '../../src/modules/notifications/messages/report-ready.ts';
import { securityAlert } from '../../src/modules/notifications/messages/security-alert.ts';

const OUTPUT = fileURLToPath(new URL('../output/letters/', import.meta.url));
const LANGUAGES = ['es', 'en'] as const;
const config = { ...parseConfig({}), clinicName: 'Centro de Reflexología y Terapias «Manos & Vida»' };
const at = Temporal.Instant.from('2026-11-24T15:30:00Z');
const LOGO =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='160' height='40'><rect width='160' height='40' rx='8' fill='%231f6f5c'/><text x='16' y='27' font-size='20' fill='white'>Manos y Vida</text></svg>";
const EVIL = '<img src=x onerror=alert(1)>"\'&';

const factsIn = (language: 'es' | 'en', patient = 'María del Rosario Quispe Huamán'): AppointmentFacts => ({
  language,
  clinic: config.clinicName,
  when: inWords(at, config.timeZone, language),
  minutes: 60,
  patient,
  therapist: 'Maximiliano Fernández-Bustamante de la Torre',
  type: 'Reflexología podal',
  room: 'Consultorio 2',
});

/** Every kind of letter, as its recipient gets it. */
function letters(language: 'es' | 'en'): Record<string, Content> {
  const facts = factsIn(language);
  const file = {
    fileName: `pacientes_${'x'.repeat(60)}.csv`,
    dryRun: false,
    rowsTotal: 1_200,
    rowsCreated: 1_190,
    rowsFailed: 10,
    error: null,
  };
  const title = { es: 'Caja del 22 de noviembre de 2026', en: 'Cash of 22 November 2026' };
  return {
    appointment_confirmation: appointmentConfirmation(facts),
    appointment_status: appointmentStatus(facts, 'confirmed'),
    appointment_moved: appointmentStatus(facts, undefined),
    appointment_cancellation: cancellationToPatient(facts),
    appointment_cancellation_therapist: cancellationToTherapist(facts),
    appointment_reminder: appointmentReminder(facts),
    report_ready: reportReady(config, { title, rows: 12_345, path: '/api/exports/1/download/' }, language),
    import_ready: importReady(config, file, language),
    password_reset: passwordReset(config, { token: 'a'.repeat(64), expiresAt: at, language }),
    security_alert: securityAlert(config, {
      event: 'recovery_code_used',
      at,
      ip: '190.12.34.56',
      device: 'Firefox',
      codesLeft: 7,
      language,
    }),
  };
}

const brand: Brand = {
  name: config.clinicName,
  contact: 'Av. Arequipa 1234, Lince, Lima · +51 1 234 5678',
  logo: { filename: 'logo.png', contentType: 'image/png', content: Buffer.from('') },
};
const letterOf = (content: Content, name = 'María del Rosario Quispe Huamán') => ({
  content,
  brand,
  name,
  unsubscribe: 'https://clinic.example/api/notifications/unsubscribe/?token=x',
});

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  mkdirSync(OUTPUT, { recursive: true });
}, 30_000);
afterAll(() => browser?.close());

/** The colour of every text and that of what lies behind it, as the browser paints them: runs in the page, by its text. */
const textColors = () =>
  [...document.querySelectorAll('body *')]
    .filter(
      (element) =>
        element.getClientRects().length > 0 &&
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
    )
    .map((element): [text: string, behind: string] => {
      let painted: Element | null = element;
      while (painted && getComputedStyle(painted).backgroundColor === 'rgba(0, 0, 0, 0)')
        painted = painted.parentElement;
      const behind = painted ? getComputedStyle(painted).backgroundColor : 'rgb(255, 255, 255)';
      return [getComputedStyle(element).color, behind];
    });

/** The relative luminance of `rgb(r, g, b)` (WCAG 2.2). */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((value) => {
    const part = Number(value) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2, 1.4.3: 4.5 and more is readable. */
function contrast(colors: [string, string]): number {
  const [darker = 0, lighter = 0] = colors.map(luminance).toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each([
  { name: 'desktop', width: 800, colorScheme: 'light' },
  { name: 'phone', width: 320, colorScheme: 'light' },
  { name: 'phone-dark', width: 360, colorScheme: 'dark' },
] as const)('on a $name', ({ name, width, colorScheme }) => {
  test('every letter is readable, whole and loads nothing', async () => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    for (const language of LANGUAGES) {
      for (const [kind, content] of Object.entries(letters(language))) {
        await page.setContent(asHtml(letterOf(content)).replace(`cid:${LOGO_CID}`, LOGO));
        await page.screenshot({ path: `${OUTPUT}${kind}-${language}-${name}.png`, fullPage: true });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect([kind, language, overflow]).toEqual([kind, language, 0]);
        const colors = await page.evaluate(textColors);
        expect(Math.min(...colors.map(contrast))).toBeGreaterThan(4.5);
        const text = await page.locator('body').innerText();
        for (const shown of [
          content.title,
          content.lead,
          content.closing,
          brand.name,
          ...content.facts.flat(),
        ])
          expect(text).toContain(shown);
      }
    }
    expect(requested.filter((url) => !url.startsWith('data:'))).toEqual([]);
    await page.close();
  }, 60_000);
});

test('nothing that people write becomes markup', async () => {
  const page = await browser.newPage();
  const facts = { ...factsIn('es', EVIL), therapist: EVIL, room: EVIL, type: EVIL };
  const title = { es: EVIL, en: EVIL };
  const all = [
    cancellationToTherapist(facts),
    appointmentConfirmation(facts),
    reportReady(config, { title, error: { es: EVIL, en: EVIL } }, 'es'),
    securityAlert(config, {
      event: 'password_changed',
      at,
      ip: EVIL,
      device: EVIL,
      codesLeft: null,
      language: 'es',
    }),
  ];
  for (const content of all) {
    await page.setContent(
      asHtml({ ...letterOf(content, EVIL), brand: { name: EVIL, contact: EVIL, logo: null } }),
    );
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain(EVIL);
  }
  await page.close();
});

test('the plain text says the same, and how to get no more of it', () => {
  for (const language of LANGUAGES) {
    for (const content of Object.values(letters(language))) {
      const text = asText(letterOf(content));
      for (const said of [content.lead, content.closing, brand.name, ...content.facts.flat()])
        expect(text).toContain(said);
      expect(text).toContain('unsubscribe/?token=x');
      expect(asText({ ...letterOf(content), unsubscribe: null })).not.toContain('unsubscribe');
    }
  }
});
