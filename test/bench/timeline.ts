import { bulkInsert } from '../../src/db/bulk-insert.ts';
import { appointments } from '../../src/modules/appointments/tables.ts';
import {
  diagnoses,
  historyTemplates,
  historyTemplateVersions,
  medicalHistories,
  treatments,
} from '../../src/modules/clinical/tables.ts';
import { type Client, startTestApp } from '../harness.ts';

/**
 * `bun run test/bench/timeline.ts`: the timeline of a patient with 500 entries, 125 of each kind, in a clinic of 200 such
 * patients; whole requests without a network, as the patient, the therapist and an administrator.
 * BENCH_REQUESTS (200) can be set.
 */
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 200);
/** Milliseconds that 95 of 100 requests may take. */
const GOAL = 30;
const EACH = 125;
const PATIENTS = 200;

const say = (text: string) => process.stdout.write(`${text}\n`);
const day = (n: number) => Temporal.PlainDate.from('2024-01-01').add({ days: n }).toString();

const app = await startTestApp();
const { db } = app.services;

/** Gives each patient the same entries, spread over the days. */
async function fill(patientIds: number[], therapistIds: number[]): Promise<void> {
  const [{ insertId: templateId }] = await db.insert(historyTemplates).values({ name: 'Historia' });
  await db
    .insert(historyTemplateVersions)
    .values({ templateId, version: 1, sections: [], fields: [], createdAt: Temporal.Now.instant() });
  const entries = patientIds.flatMap((patientId) =>
    Array.from({ length: EACH }, (_, n) => ({
      patientId,
      therapistId: therapistIds[n % therapistIds.length] ?? 0,
      n,
    })),
  );
  await bulkInsert(
    db,
    appointments,
    entries.map(({ n, ...owners }) => {
      const dateTime = Temporal.Instant.from(`${day(3 * n)}T15:00:00Z`);
      const endsAt = dateTime.add({ hours: 1 });
      return { ...owners, dateTime, endsAt, duration: 60, price: '50.00', reason: 'Control' };
    }),
  );
  const text = 'Dolor en la zona lumbar que cede con el reposo. '.repeat(8);
  await bulkInsert(
    db,
    diagnoses,
    entries.map(({ n, ...owners }) => ({
      ...owners,
      code: 'M54.5',
      name: 'Lumbago',
      symptoms: text,
      diagnosisDate: day(3 * n),
    })),
  );
  await bulkInsert(
    db,
    treatments,
    entries.map(({ n, ...owners }) => ({
      ...owners,
      treatmentType: 'therapy' as const,
      description: text,
      startDate: day(3 * n + 1),
    })),
  );
  await bulkInsert(
    db,
    medicalHistories,
    entries.map(({ n, ...owners }) => ({
      ...owners,
      templateId,
      templateVersion: 1,
      historyDate: day(3 * n + 2),
      fieldsData: { reason: text },
    })),
  );
}

async function measure(name: string, client: Client, path: string, entries: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < REQUESTS; n++) {
    const started = performance.now();
    const { json, text } = await client.request('GET', path);
    times.push(performance.now() - started);
    if (json.count !== 4 * EACH || json.results.length !== entries) throw new Error(`${path}: ${text}`);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const verdict = at(0.95) < GOAL ? 'ok' : 'TOO SLOW';
  say(
    `${name.padEnd(36)}  p50 ${at(0.5).toFixed(1)} ms  p95 ${at(0.95).toFixed(1)} ms  goal p95 < ${GOAL} ms  ${verdict}`,
  );
  return at(0.95);
}

try {
  const patient = await app.as('patient');
  const therapist = await app.as('therapist');
  const admin = await app.as('administrator');
  const others: number[] = [];
  for (let n = 1; n < PATIENTS; n++) others.push(await app.patient());
  await fill([patient.patientId, ...others], [therapist.therapistId, await app.therapist()]);
  const path = `/api/patients/${patient.patientId}/history/`;
  const results = [
    await measure('patient, first page of 20', patient, path, 20),
    await measure('therapist, first page of 20', therapist, path, 20),
    await measure('administrator, first page of 100', admin, `${path}?page_size=100`, 100),
    await measure('administrator, last page of 100', admin, `${path}?page_size=100&page=5`, 100),
  ];
  process.exitCode = results.every((p95) => p95 < GOAL) ? 0 : 1;
} finally {
  await app.close();
}
