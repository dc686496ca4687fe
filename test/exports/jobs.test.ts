import { eq } from 'drizzle-orm';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { outbox } from '../../src/db/outbox.ts';
import { reportRuns } from '../../src/modules/reports/tables.ts';
import { users } from '../../src/modules/users/tables.ts';
import { type Answer, type Client, startTestApp, type TestApp } from '../harness.ts';
import { DAYS, randomClinic } from '../reports/clinic.ts';
import { makeRun } from './runs.ts';

let app: TestApp;
let supervisor: Client;
/** How many appointments the range has. */
let rows: number;

beforeAll(async () => {
  app = await startTestApp();
  supervisor = await app.as('supervisor');
  await randomClinic(app, 11, 40);
  const { json } = await supervisor.request('GET', `/api/reports/appointments-between-dates/?${RANGE}`);
  rows = json.total_citas;
});
afterAll(() => app.close());

const RANGE = `start_date=${DAYS[0]}&end_date=${DAYS[3]}`;

/** Asks for a file to be made by a job. */
async function ordered(kind = 'csv', more = '', client = supervisor): Promise<number> {
  const { status, json } = await client.request(
    'GET',
    `/api/exports/${kind}/citas-rango/?${RANGE}&async=true${more}`,
  );
  expect([status, new URL(json.status_url).pathname]).toEqual([202, `/api/exports/${json.id}/`]);
  expect(new URL(json.events_url).pathname).toBe(`/api/exports/${json.id}/events/`);
  return json.id;
}
const statusOf = (id: number): Promise<Answer> => supervisor.request('GET', `/api/exports/${id}/`);
const download = (id: number, client = supervisor) => client.request('GET', `/api/exports/${id}/download/`);
const keysOf = async (prefix: string) => {
  const keys: string[] = [];
  for await (const { key } of app.services.files.list(prefix)) keys.push(key);
  return keys;
};

test('a job makes the file that the request would have made, for its owner, and tells them', async () => {
  const id = await ordered();
  expect((await statusOf(id)).json).toMatchObject({
    status: 'queued',
    progress: 0,
    rows,
    download_url: null,
    error: null,
  });
  expect((await download(id)).status).toBe(404);
  const jobs = await app.services.db.select().from(outbox).where(eq(outbox.job, 'make-report'));
  expect(jobs.at(-1)?.data).toEqual({ runId: id });

  expect(await makeRun(app, id)).toBeNull();
  const done = (await statusOf(id)).json;
  expect(done).toMatchObject({ status: 'done', progress: 100, rows });
  expect(new URL(done.download_url).pathname).toBe(`/api/exports/${id}/download/`);
  const file = await download(id);
  expect(file.headers.get('content-disposition')).toContain(`citas-entre-fechas-${DAYS[0]}-${DAYS[3]}.csv`);
  const atOnce = await supervisor.request('GET', `/api/exports/csv/citas-rango/?${RANGE}`);
  expect(file.text).toBe(atOnce.text);

  const notices = await app.services.db.select().from(outbox).where(eq(outbox.job, 'notify-user'));
  expect(notices.at(-1)?.data).toMatchObject({ kind: 'report_ready', userId: supervisor.userId });
  expect(JSON.stringify(notices.at(-1)?.data)).not.toContain('Łukasz');

  const other = await app.as('administrator');
  for (const path of ['', 'download/', 'events/']) {
    const answer = await other.request('GET', `/api/exports/${id}/${path}`);
    expect([path, answer.status]).toEqual([path, 404]);
  }
  expect((await other.request('DELETE', `/api/exports/${id}/`)).status).toBe(404);
  expect((await other.request('GET', '/api/exports/')).json.results).toEqual([]);
  expect((await supervisor.request('GET', '/api/exports/')).json.results[0].id).toBe(id);
});

test('a run that is repeated after it was done changes nothing', async () => {
  const id = await ordered();
  await makeRun(app, id);
  const [before, first] = [(await statusOf(id)).json, (await download(id)).text];
  expect(await makeRun(app, id, { attempt: 2 })).toBeNull();
  expect((await statusOf(id)).json).toEqual(before);
  expect((await download(id)).text).toBe(first);
});

const cutOff = async () => {
  throw new Error('the thread died');
};

test('a run that is cut off leaves no half of a file, and the next attempt makes it whole', async () => {
  const id = await ordered();
  expect(await makeRun(app, id, { progress: cutOff })).not.toBeNull();
  expect((await download(id)).status).toBe(404);
  expect(await keysOf('tmp/')).toEqual([]);
  expect(await makeRun(app, id, { attempt: 2 })).toBeNull();
  expect((await statusOf(id)).json.status).toBe('done');

  const lost = await ordered();
  await makeRun(app, lost, { attempt: 3, progress: cutOff });
  const failed = (await statusOf(lost)).json;
  expect(failed.status).toBe('failed');
  expect(failed.error).toContain('Pídalo de nuevo');
});

test('a run that is taken back while it is made stops, and its file is nowhere', async () => {
  const id = await ordered();
  const takeBack = async () => {
    await supervisor.request('DELETE', `/api/exports/${id}/`);
  };
  expect(await makeRun(app, id, { progress: takeBack })).toBeNull();
  expect((await statusOf(id)).status).toBe(404);
  expect(await keysOf('tmp/')).toEqual([]);
  expect(await keysOf(`exports/${id}`)).toEqual([]);

  const done = await ordered();
  await makeRun(app, done);
  expect((await supervisor.request('DELETE', `/api/exports/${done}/`)).status).toBe(200);
  expect(await keysOf(`exports/${done}`)).toEqual([]);
});

test('who has lost the right meanwhile gets nothing', async () => {
  const former = await app.as('supervisor');
  const id = await ordered('csv', '', former);
  await app.services.db.update(users).set({ role: 'receptionist' }).where(eq(users.id, former.userId));
  await makeRun(app, id);
  const [row] = await app.services.db.select().from(reportRuns).where(eq(reportRuns.id, id));
  expect([row?.status, row?.fileKey]).toEqual(['failed', null]);
});

test('a file is gone after 24 hours', async () => {
  const id = await ordered();
  await makeRun(app, id);
  const expiresAt = Temporal.Now.instant().subtract({ seconds: 1 });
  await app.services.db.update(reportRuns).set({ expiresAt }).where(eq(reportRuns.id, id));
  expect((await download(id)).status).toBe(404);
});

test('the progress is told live until the end', async () => {
  const id = await ordered('excel');
  const answer = await app.app.handle(
    new Request(`http://localhost/api/exports/${id}/events/`, {
      headers: { authorization: `Bearer ${supervisor.token}` },
    }),
  );
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const told = answer.text();
  await makeRun(app, id);
  app.services.live.announce();
  const events = [...(await told).matchAll(/event: (\w+)\ndata: (.*)/g)].map(([, kind, data]) => ({
    kind,
    progress: JSON.parse(data ?? '').progress,
  }));
  expect(events[0]).toEqual({ kind: 'progress', progress: 0 });
  expect(events.at(-1)).toEqual({ kind: 'done', progress: 100 });
});

test('every format can be made by a job', async () => {
  for (const [kind, more] of [
    ['pdf', '&format=letter'],
    ['excel', '&format=ods'],
    ['excel', ''],
  ] as const) {
    const id = await ordered(kind, more);
    expect(await makeRun(app, id)).toBeNull();
    expect((await download(id)).status).toBe(200);
  }
});

test('what is generated is kept, and can be opened again and deleted by its owner', async () => {
  const body = { report_type: 'resumen-caja', parameters: { date: DAYS[1] } };
  const headers = { 'idempotency-key': 'generate-once' };
  const made = await supervisor.request('POST', '/api/reports/generate/', { body, headers });
  expect(made.status).toBe(200);
  const { json: asked } = await supervisor.request('GET', `/api/reports/daily-cash/?date=${DAYS[1]}`);
  expect(made.json).toMatchObject({ report_type: 'resumen-caja', data: asked });
  const again = await supervisor.request('POST', '/api/reports/generate/', { body, headers });
  expect(again.json).toEqual(made.json);
  expect(await keysOf('reports/')).toHaveLength(1);

  const { id } = made.json;
  const opened = await supervisor.request('GET', `/api/reports/${id}/`);
  expect(opened.json).toMatchObject({ id, status: 'done', data: asked, parameters: { date: DAYS[1] } });
  const { json: list } = await supervisor.request('GET', '/api/reports/');
  expect(list.results[0].id).toBe(id);
  expect(list.reports.map((one: { report_type: string }) => one.report_type)).toContain(
    'caja-chica-mejorada',
  );
  const other = await app.as('administrator');
  expect((await other.request('GET', `/api/reports/${id}/`)).status).toBe(404);
  expect((await supervisor.request('DELETE', `/api/reports/${id}/`)).status).toBe(200);
  expect((await supervisor.request('GET', `/api/reports/${id}/`)).status).toBe(404);
  expect(await keysOf('reports/')).toEqual([]);
});

test('a report can be generated by a job', async () => {
  const body = {
    report_type: 'citas-rango',
    parameters: { start_date: DAYS[0], end_date: DAYS[3] },
    async: true,
  };
  const { status, json } = await supervisor.request('POST', '/api/reports/generate/', { body });
  expect([status, new URL(json.status_url).pathname]).toEqual([202, `/api/reports/${json.id}/`]);
  expect((await supervisor.request('GET', `/api/reports/${json.id}/`)).json).toMatchObject({
    status: 'queued',
    data: null,
  });
  await makeRun(app, json.id);
  const { json: opened } = await supervisor.request('GET', `/api/reports/${json.id}/`);
  const { json: asked } = await supervisor.request(
    'GET',
    `/api/reports/appointments-between-dates/?${RANGE}`,
  );
  expect(opened).toMatchObject({ status: 'done', data: asked });
});

test('bad parameters are refused with reasons, and other roles altogether', async () => {
  for (const body of [
    { report_type: 'resumen-caja', parameters: { date: 'ayer' } },
    { report_type: 'no-hay' },
  ]) {
    const answer = await supervisor.request('POST', '/api/reports/generate/', { body });
    expect([answer.status, answer.json.code]).toEqual([400, 'VALIDATION_ERROR']);
  }
  for (const role of ['receptionist', 'therapist', 'patient'] as const) {
    const client = await app.as(role);
    const { status, text } = await client.request('GET', `/api/exports/csv/citas-rango/?${RANGE}`);
    expect([role, status]).toEqual([role, 403]);
    expect(text).not.toContain('TKT-');
  }
});

test('a report too long to wait for becomes a job, and one too long for JSON is refused', async () => {
  const { db } = app.services;
  const patientId = await app.patient();
  const therapistId = await app.therapist();
  const { appointments } = await import('../../src/modules/appointments/tables.ts');
  const { bulkInsert } = await import('../../src/db/bulk-insert.ts');
  const dateTime = Temporal.Instant.from('2027-01-10T15:00:00Z');
  const one = {
    patientId,
    therapistId,
    dateTime,
    duration: 60,
    endsAt: dateTime.add({ minutes: 60 }),
    price: '10.00',
  };
  await bulkInsert(
    db,
    appointments,
    Array.from({ length: 25_001 }, () => one),
  );
  const query = 'start_date=2027-01-10&end_date=2027-01-10';
  const { status, json } = await supervisor.request('GET', `/api/exports/excel/citas-rango/?${query}`);
  expect(status).toBe(202);
  expect(await makeRun(app, json.id)).toBeNull();
  const answer = await app.app.handle(
    new Request(`http://localhost/api/exports/${json.id}/download/`, {
      headers: { authorization: `Bearer ${supervisor.token}` },
    }),
  );
  const { sheets } = await readXlsx(await answer.bytes());
  expect(sheets[0]?.rows).toHaveLength(25_002);
  expect(sheets[0]?.rows.at(-1)?.at(-1)).toBe(10);
  const long = await supervisor.request('GET', `/api/reports/appointments-between-dates/?${query}`);
  expect([long.status, long.json.details.rule]).toEqual([400, 'too_many_rows']);
  const pdf = await supervisor.request('GET', `/api/exports/pdf/citas-rango/?${query}`);
  expect([pdf.status, pdf.json.details.rule]).toEqual([400, 'too_many_rows']);
});
