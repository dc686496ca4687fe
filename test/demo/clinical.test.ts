import { afterAll, beforeAll, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { ensureReferenceData } from '../../src/db/reference-data.ts';
import { ensureDemo } from '../../src/demo/ensure.ts';
import { checkedValues } from '../../src/modules/clinical/field-values.ts';
import {
  diagnoses,
  diagnosisCodes,
  historyTemplateVersions,
  medicalHistories,
} from '../../src/modules/clinical/tables.ts';
import { startTestApp, type TestApp } from '../harness.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await ensureReferenceData(app.ctx());
  await ensureDemo(app.ctx());
});
afterAll(() => app.close());

async function as(username: string) {
  const { json } = await app.request('POST', '/api/auth/login/', {
    body: { username, password: 'Demo1234!' },
  });
  return async (path: string) => (await app.request('GET', path, { token: json.access_token })).json;
}

test('the demo patient and therapist have a record to look at', async () => {
  for (const get of [await as('paciente'), await as('terapeuta')]) {
    for (const list of ['diagnoses', 'treatments', 'medical-histories'])
      expect((await get(`/api/${list}/`)).count).toBeGreaterThan(0);
  }
  const get = await as('paciente');
  const { user_info: me } = await get('/api/auth/verify/');
  const { results } = await get(`/api/patients/${me.patient_id}/history/?page_size=100`);
  expect(new Set(results.map(({ type }: { type: string }) => type)).size).toBe(4);
});

test('every code is in the catalogue, every history fits its template', async () => {
  const { db } = app.services;
  const found = await db
    .select({ known: diagnosisCodes.code })
    .from(diagnoses)
    .leftJoin(diagnosisCodes, eq(diagnosisCodes.code, diagnoses.code));
  expect(found.length).toBeGreaterThan(50);
  expect(found.filter(({ known }) => known === null)).toEqual([]);
  const [form] = await db.select().from(historyTemplateVersions);
  const histories = await db.select().from(medicalHistories);
  expect(histories.length).toBeGreaterThan(50);
  for (const { fieldsData } of histories) {
    expect(checkedValues(form?.fields ?? [], fieldsData, 'es')).toEqual(fieldsData);
  }
});
