import { expect, setDefaultTimeout, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import type { Download } from 'playwright-core';
import { bulkInsert } from '../../src/db/bulk-insert.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { REPORTS } from '../../src/modules/reports/registry.ts';
import { makeRun } from '../exports/runs.ts';
import type { Client, TestApp } from '../harness.ts';
import { DAYS, randomClinic } from '../reports/clinic.ts';
import { obstacles, type Panel, picture, type Tab, withPanel } from './browser.ts';

setDefaultTimeout(90_000);

const LONG_DAY = '2027-01-10';

let app: TestApp;
let panel: Panel;
let supervisor: Client;
let page: Tab;

withPanel(async (opened) => {
  ({ app, panel } = opened);
  await randomClinic(app, 7, 120);
  supervisor = await panel.person('supervisor', 'jefe');
  page = await panel.signedIn('jefe', '/admin/#/reportes');
});

const open = async (type: string, query = '') => {
  await page.goto(`${panel.origin}/admin/#/reportes/${type}${query}`);
  await page.getByRole('button', { name: 'Ver reporte' }).waitFor();
};

const bytesOf = async (download: Download) => readFile(await download.path());

test('every report has its page, made from its definition', async () => {
  for (const { title } of REPORTS) await page.getByRole('link', { name: title.es, exact: true }).waitFor();
  for (const { type, title } of REPORTS) {
    await open(type);
    await page.getByRole('heading', { name: title.es, exact: true }).waitFor();
    await page.getByRole('table').first().waitFor();
    expect(await obstacles(page)).toEqual([]);
    expect(await page.locator('main').innerText()).not.toMatch(/date_from|therapist_id|payment_methods|null/);
  }
});

test('a day is asked for, shown with figures to the right and sums below, and taken as PDF', async () => {
  await open('tickets-pagados');
  await page.getByLabel('Fecha').fill(DAYS[1]);
  await page.getByRole('button', { name: 'Ver reporte' }).click();
  const { json } = await supervisor.request('GET', `/api/reports/daily-paid-tickets/?date=${DAYS[1]}`);
  expect(json.cantidad_tickets).toBeGreaterThan(3);
  await page.getByText(`${json.cantidad_tickets} filas`).waitFor();
  const first = page.getByRole('table').first();
  const sum = first.locator('tfoot td').last();
  expect((await sum.innerText()).replaceAll(',', '')).toBe(json.total_general.toFixed(2));
  expect(await sum.evaluate((cell) => getComputedStyle(cell).textAlign)).toBe('right');
  expect(await first.locator('tbody tr').count()).toBe(json.cantidad_tickets);
  await picture(page, 'panel-report');
  for (const [name, begins, ends] of [
    ['PDF', '%PDF-', '.pdf'],
    ['Excel', 'PK', '.xlsx'],
    ['ODS', 'PK', '.ods'],
    ['CSV', '\uFEFF', '.csv'],
  ] as const) {
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name, exact: true }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toEndWith(ends);
    expect((await bytesOf(download)).toString('utf8')).toStartWith(begins);
    await page.getByText(`${name}: descargado.`).waitFor();
  }
});

test('what was asked for is in the address, and some methods can be chosen', async () => {
  await open('caja-chica-mejorada', `?date=${DAYS[2]}`);
  await page.getByLabel('Yape').check();
  await page.getByRole('button', { name: 'Ver reporte' }).click();
  const path = `/api/reports/improved-daily-cash/?date=${DAYS[2]}&payment_methods=yape`;
  const { json } = await supervisor.request('GET', path);
  await page.getByText(new RegExp(`^Movimientos ${json.pagos_detallados.length} filas?$`)).waitFor();
  expect(page.url()).toEndWith(`?date=${DAYS[2]}&payment_methods=yape`);
  await page.reload();
  await page.getByLabel('Yape').waitFor();
  expect(await page.getByLabel('Yape').isChecked()).toBe(true);
});

test('a wrong range is told beside its field', async () => {
  await open('citas-rango', `?start_date=${DAYS[2]}&end_date=${DAYS[0]}`);
  const end = page.getByLabel('Fecha de fin');
  await page.getByText('Es anterior a la fecha inicial.').waitFor();
  expect(await end.getAttribute('aria-invalid')).toBe('true');
  expect(await obstacles(page)).toEqual([]);
  await end.fill(DAYS[3]);
  await page.getByRole('button', { name: 'Ver reporte' }).click();
  await page.getByRole('table').first().waitFor();
});

test('a long report is followed while a job makes it, and then comes by itself', async () => {
  const dateTime = Temporal.Instant.from(`${LONG_DAY}T15:00:00Z`);
  const one = {
    patientId: await app.patient(),
    therapistId: await app.therapist(),
    dateTime,
    duration: 60,
    endsAt: dateTime.add({ minutes: 60 }),
    price: '10.00',
  };
  await bulkInsert(
    app.services.db,
    appointments,
    Array.from({ length: 5_001 }, () => one),
  );
  await open('citas-rango', `?start_date=${LONG_DAY}&end_date=${LONG_DAY}`);
  await page.getByText('Se muestran 500 de 5,001 filas').waitFor();
  expect(await page.getByRole('table').first().locator('tbody tr').count()).toBe(500);
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  await page.getByRole('progressbar', { name: 'Preparando CSV' }).waitFor();
  await page.getByText('0 %').waitFor();
  const { json } = await supervisor.request('GET', '/api/exports/');
  expect(await makeRun(app, json.results[0].id)).toBeNull();
  const text = (await bytesOf(await waiting)).toString('utf8');
  expect(text.trim().split('\r\n')).toHaveLength(5_002);
  await page.getByText('CSV: descargado.').waitFor();

  await page.getByRole('button', { name: 'CSV' }).click();
  await page.getByRole('button', { name: 'Cancelar' }).click();
  await page.getByText('El archivo se canceló.').waitFor();
});
