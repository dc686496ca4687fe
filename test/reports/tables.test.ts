import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { bulkInsert } from '../../src/db/bulk-insert.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { REPORTS } from '../../src/modules/reports/registry.ts';
import { MOST_SHOWN } from '../../src/modules/reports/tables-of.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { DAYS, randomClinic } from './clinic.ts';

setDefaultTimeout(60_000);

let app: TestApp;
let supervisor: Client;
beforeAll(async () => {
  app = await startTestApp();
  supervisor = await app.as('supervisor');
  await randomClinic(app, 11, 80);
});
afterAll(() => app.close());

const catalogue = async (headers = {}) =>
  (await supervisor.request('GET', '/api/reports/', { headers })).json.reports;

describe('the catalogue', () => {
  test('tells the form of every report, with the labels of the language', async () => {
    const spanish = await catalogue();
    expect(spanish).toHaveLength(REPORTS.length);
    for (const { report_type: type, parameters } of [
      ...spanish,
      ...(await catalogue({ 'accept-language': 'en' })),
    ]) {
      expect(parameters.length, type).toBeGreaterThan(0);
      for (const { name, label } of parameters) expect(label, type).not.toBe(name);
    }
    const days = (type: string) =>
      spanish.find((one: { report_type: string }) => one.report_type === type).parameters;
    expect(days('citas-rango')).toMatchObject([
      { name: 'start_date', label: 'Fecha de inicio', type: 'date', required: true },
      { name: 'end_date', label: 'Fecha de fin', type: 'date', required: true },
    ]);
    const [, methods] = days('caja-chica-mejorada');
    expect(methods).toMatchObject({ type: 'multiselect', required: false });
    expect(methods.options).toContainEqual({ value: 'efectivo', label: 'Efectivo' });
  });
});

describe('the tables of a report', () => {
  test('have its columns, its rows and its sums, as its JSON has them', async () => {
    const { json } = await supervisor.request('GET', `/api/reports/improved-daily-cash/?date=${DAYS[1]}`);
    const { json: page } = await supervisor.request(
      'GET',
      `/api/reports/improved-daily-cash/table/?date=${DAYS[1]}`,
    );
    const [list, methods] = page.tables;
    expect(page.rows).toBe(json.pagos_detallados.length);
    expect(list.rows).toHaveLength(page.rows);
    expect(list.columns.at(-1)).toEqual({ label: 'Monto', type: 'money', align: 'right' });
    const amounts = list.rows.map((row: string[]) => Number(row.at(-1)));
    expect(amounts).toEqual(json.pagos_detallados.map(({ monto }: { monto: number }) => monto));
    expect(Number(list.totals.at(-1))).toBe(json.total_general);
    expect(methods.rows).toHaveLength(json.resumen_por_metodo.length);
  });

  test('are the first rows alone of a long one, and tell how many there are', async () => {
    const dateTime = Temporal.Instant.from('2027-02-10T15:00:00Z');
    const endsAt = dateTime.add({ minutes: 60 });
    const one = { patientId: await app.patient(), therapistId: await app.therapist(), dateTime, endsAt };
    const rows = Array.from({ length: MOST_SHOWN + 1 }, () => ({ ...one, duration: 60, price: '10.00' }));
    await bulkInsert(app.services.db, appointments, rows);
    const { json } = await supervisor.request(
      'GET',
      '/api/reports/appointments-between-dates/table/?start_date=2027-02-10&end_date=2027-02-10',
    );
    expect([json.rows, json.tables[0].rows.length]).toEqual([MOST_SHOWN + 1, MOST_SHOWN]);
  });

  test('are refused with reasons for wrong parameters', async () => {
    const { status, json } = await supervisor.request('GET', '/api/reports/daily-cash/table/?date=ayer');
    expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', ['date']]);
  });
});
