import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asc, eq } from 'drizzle-orm';
import type { MySqlTable } from 'drizzle-orm/mysql-core';
import { systemCtx } from '../../src/context.ts';
import { auditLog } from '../../src/db/audit.ts';
import { idempotencyKeys } from '../../src/db/idempotency.ts';
import { cleanUp } from '../../src/modules/maintenance/clean-up.ts';
import { RETENTION } from '../../src/modules/maintenance/retention.ts';
import { deliveries, notifications } from '../../src/modules/notifications/tables.ts';
import { patientImportErrors, patientImports } from '../../src/modules/patients/tables.ts';
import { sessions, users } from '../../src/modules/users/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';

setDefaultTimeout(30_000);

let app: TestApp;
let logs: string;
let patient: Client;
beforeAll(async () => {
  logs = join(process.env['TMPDIR'] ?? '/tmp', `clinic-logs-${crypto.randomUUID()}`);
  await mkdir(logs);
  app = await startTestApp({ LOG_FILE: join(logs, 'service.log') });
});
afterAll(() => app.close());

const now = Temporal.Now.instant();
const ago = (days: number) => now.subtract({ hours: Math.round(days * 24) });
const db = () => app.services.db;
const run = (dryRun = false) => cleanUp(systemCtx(app.services, 'test'), { dryRun });
const rows = async (table: MySqlTable) => (await db().select().from(table)).length;

/** A stored file of a certain age. */
async function store(key: string, days: number) {
  await app.services.files.save(key, new Uint8Array([1]));
  await age(app.services.files.path(key), days);
}
const age = (path: string, days: number) =>
  utimes(path, ago(days).epochMilliseconds / 1_000, ago(days).epochMilliseconds / 1_000);
const isThere = async (key: string) => (await app.services.files.open(key)) !== null;

async function notification(days: number, read: boolean, state: 'sent' | 'queued' = 'sent') {
  const [{ insertId: id }] = await db()
    .insert(notifications)
    .values({
      eventKey: crypto.randomUUID(),
      kind: 'appointment_status',
      userId: patient.userId,
      title: 'Su cita',
      body: 'Su cita',
      createdAt: ago(days),
      readAt: read ? ago(days) : null,
    });
  await db().insert(deliveries).values({ notificationId: id, channel: 'email', state });
  return id;
}

const key = (days: number) => ({
  scope: 'user:1',
  key: crypto.randomUUID(),
  fingerprint: 'x',
  answer: { value: 1 },
  createdAt: ago(days),
});
const entry = (days: number) => ({
  at: ago(days),
  actor: 'system:test',
  requestId: 'r',
  action: 'update',
  entity: 'patient',
  entityId: '1',
  after: { phone: '999' },
});

beforeEach(async () => {
  patient ??= await app.as('patient');
});

test('keeps what is young, removes what is old, tells how many, and a dry run says the same beforehand', async () => {
  await db()
    .insert(idempotencyKeys)
    .values([key(0.5), key(2), key(3)]);
  const session = (days: number, revoked: boolean) => ({
    id: crypto.randomUUID(),
    userId: patient.userId,
    refreshHash: 'x',
    createdAt: ago(10),
    lastSeenAt: ago(10),
    expiresAt: ago(days),
    revokedAt: revoked ? ago(1) : null,
  });
  await db()
    .insert(sessions)
    .values([session(1, false), session(-1, true), session(-1, false)]);
  await db()
    .insert(auditLog)
    .values([entry(89), entry(91)]);
  const [young, unread, old] = [
    await notification(89, true),
    await notification(91, false),
    await notification(91, true),
  ];
  const stuck = await notification(2, false, 'queued');
  await store('exports/1.pdf', 0.9);
  await store('exports/2.pdf', 1.1);
  await store('reports/young.json', 29);
  await store('reports/old.json', 31);
  await store('tmp/half', 1.1);
  await store('photos/1/orphan.jpg', 1.1);
  await store('photos/1/fresh.jpg', 0.1);
  await store('photos/1/kept.jpg', 400);
  await db().update(users).set({ photo: 'photos/1/kept.jpg' }).where(eq(users.id, patient.userId));
  for (const [name, days] of [
    ['service.log', 100],
    ['service.log.1', 89],
    ['service.log.2.gz', 91],
    ['other.log', 100],
  ] as const) {
    await writeFile(join(logs, name), '');
    await age(join(logs, name), days);
  }

  const expected = {
    audit_details: 1,
    log_files: 1,
    sessions: 2,
    idempotency: 2,
    abandoned_deliveries: 1,
    read_notifications: 1,
    export_files: 1,
    generated_reports: 1,
    half_written_files: 1,
    orphaned_uploads: 1,
    reminders: 0,
  };
  expect(await run(true)).toMatchObject(expected);
  expect(await isThere('exports/2.pdf')).toBe(true);
  expect(await rows(idempotencyKeys)).toBe(3);

  expect(await run()).toMatchObject(expected);
  expect(await rows(idempotencyKeys)).toBe(1);
  expect((await db().select({ id: notifications.id }).from(notifications)).map(({ id }) => id)).toEqual([
    young,
    unread,
    stuck,
  ]);
  expect(old).not.toBe(young);
  const [ended] = await db().select().from(deliveries).where(eq(deliveries.notificationId, stuck));
  expect(ended?.state).toBe('failed');
  const details = await db()
    .select()
    .from(auditLog)
    .where(eq(auditLog.entity, 'patient'))
    .orderBy(asc(auditLog.id));
  expect(details.map(({ after }) => after)).toEqual([{ phone: '999' }, null]);
  for (const [name, there] of [
    ['exports/1.pdf', true],
    ['exports/2.pdf', false],
    ['tmp/half', false],
    ['photos/1/orphan.jpg', false],
    ['photos/1/fresh.jpg', true],
    ['photos/1/kept.jpg', true],
  ] as const) {
    expect([name, await isThere(name)]).toEqual([name, there]);
  }
  const left = await Array.fromAsync(new Bun.Glob('*').scan({ cwd: logs }));
  expect(left.toSorted()).toEqual(['other.log', 'service.log', 'service.log.1']);

  const again = await run();
  expect(Object.entries(again).filter(([, count]) => count !== 0)).toEqual([]);
  const [noted] = await db().select().from(auditLog).where(eq(auditLog.action, 'clean_up'));
  expect(noted?.after).toMatchObject(expected);
});

test('a file that was handed in stays until its import has ended, and refused rows go after thirty days', async () => {
  const base = {
    requestedBy: patient.userId,
    language: 'es' as const,
    fileName: 'a.csv',
    dryRun: false,
    confirmDuplicate: false,
    createdAt: ago(40),
  };
  await db()
    .insert(patientImports)
    .values({ ...base, fileKey: 'imports/open' });
  const [{ insertId: ended }] = await db()
    .insert(patientImports)
    .values({ ...base, fileKey: 'imports/ended', status: 'done', finishedAt: ago(31) });
  await db()
    .insert(patientImportErrors)
    .values({ importId: ended, rowNumber: 2, reasons: [['phone', ['no']]], cells: ['Ana'] });
  for (const key of ['imports/open', 'imports/ended', 'imports/nobody']) await store(key, 2);
  expect(await run()).toMatchObject({ import_files: 2, import_errors: 1 });
  expect(await isThere('imports/open')).toBe(true);
  expect(await isThere('imports/ended')).toBe(false);
});

test('twelve hundred rows go in several short transactions while others write the table', async () => {
  await db()
    .insert(idempotencyKeys)
    .values(Array.from({ length: 1_200 }, () => key(5)));
  let writes = 0;
  let longest = 0;
  const cleaning = run();
  const state = { done: false };
  void cleaning.finally(() => (state.done = true));
  while (!state.done) {
    const begun = performance.now();
    await db().insert(idempotencyKeys).values(key(0));
    longest = Math.max(longest, performance.now() - begun);
    writes += 1;
  }
  expect(await cleaning).toMatchObject({ idempotency: 1_200 });
  expect(await rows(idempotencyKeys)).toBeGreaterThanOrEqual(writes);
  expect(longest).toBeLessThan(1_000);
});

test('a kind that fails keeps no other from being cleaned, and says why without values', async () => {
  await db()
    .insert(idempotencyKeys)
    .values({
      scope: 'user:3',
      key: 'k',
      fingerprint: 'x',
      answer: { value: 1 },
      createdAt: ago(5),
    });
  const [first] = RETENTION;
  if (!first) throw new Error('nothing to clean');
  const { clear } = first;
  first.clear = () => Promise.reject(new Error('the disk is full'));
  const report = await run();
  first.clear = clear;
  expect(report).toMatchObject({ [first.name]: 'the disk is full', idempotency: 1 });
});
