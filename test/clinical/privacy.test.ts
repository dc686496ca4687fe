import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { asc, eq } from 'drizzle-orm';
import { outbox } from '../../src/db/outbox.ts';
import { emergencyAccess } from '../../src/modules/clinical/tables.ts';
import { handle } from '../../src/modules/clinical/notify-emergency-access.ts';
import { notifications } from '../../src/modules/notifications/tables.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { clinicPeople, diagnosisOf, SECRET } from './people.ts';

let app: TestApp;
let patient: Client;
let therapist: Client;
let stranger: Client;
let admin: Client;
let diagnosisId: number;

const REASON = 'Inconsciente en sala de espera, sin familiares';
const withReason = (reason = REASON) => ({ headers: { 'X-Access-Reason': reason } });

beforeAll(async () => {
  app = await startTestApp();
  ({ patient, therapist, stranger, admin } = await clinicPeople(app));
  const { json } = await therapist.request('POST', '/api/diagnoses/', {
    body: diagnosisOf(patient, { diagnosis_data: { name: 'Lumbago', symptoms: SECRET } }),
  });
  diagnosisId = json.id;
});
afterAll(() => app.close());

const places = () => [
  `/api/diagnoses/${diagnosisId}/`,
  '/api/diagnoses/?page_size=100',
  `/api/diagnoses/?patient_id=${patient.patientId}`,
  '/api/diagnoses/?search=lumbago',
  `/api/patients/${patient.patientId}/history/`,
  '/api/treatments/?page_size=100',
  '/api/medical-histories/?page_size=100',
];

describe('what is in a patient’s record', () => {
  test('the patient, the therapist and administrators read', async () => {
    for (const one of [patient, therapist, admin]) {
      for (const place of places().slice(0, 5)) {
        const { status, text } = await one.request('GET', place);
        expect([place, status, text.includes(SECRET)]).toEqual([place, 200, true]);
      }
    }
  });

  test.each(['receptionist', 'supervisor'] as const)('is refused to the %s', async (role) => {
    const one = await app.as(role);
    for (const place of places()) {
      const { status, text } = await one.request('GET', place, withReason());
      expect([place, status]).toEqual([place, 403]);
      expect(text).not.toContain(SECRET);
    }
  });

  test('is not there for other patients and other therapists', async () => {
    for (const one of [await app.as('patient'), await app.as('therapist')]) {
      for (const place of places()) {
        const { status, json, text } = await one.request('GET', place);
        expect([place, status === 404 || json.count === 0]).toEqual([place, true]);
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain('Lumbago');
      }
    }
  });

  test('another patient’s header opens nothing', async () => {
    const other = await app.as('patient');
    expect((await other.request('GET', places()[0] ?? '', withReason())).status).toBe(404);
    expect(await app.services.db.$count(emergencyAccess)).toBe(0);
  });
});

describe('in an emergency', () => {
  test('a reason that says nothing opens nothing', async () => {
    const path = `/api/patients/${patient.patientId}/`;
    for (const reason of ['urgente', ' '.repeat(20), 'x'.repeat(501), '%0Aurgente%0Aurgente']) {
      const { status, json } = await stranger.request('GET', path, withReason(reason));
      expect([reason, status, Object.keys(json.details)]).toEqual([reason, 400, ['X-Access-Reason']]);
    }
    expect((await stranger.request('GET', '/api/patients/999999/', withReason())).status).toBe(404);
    expect(await app.services.db.$count(emergencyAccess)).toBe(0);
  });

  test('the patient’s own therapist needs none: nothing is recorded', async () => {
    expect((await therapist.request('GET', `/api/patients/${patient.patientId}/`, withReason())).status).toBe(
      200,
    );
    expect(await app.services.db.$count(emergencyAccess)).toBe(0);
  });

  test('a therapist opens one more patient, everywhere, once, and it is told', async () => {
    const requests = [1, 2, 3].map(() =>
      stranger.request(
        'GET',
        `/api/patients/${patient.patientId}/`,
        withReason(encodeURIComponent(`${REASON}, ñ`)),
      ),
    );
    for (const { status } of await Promise.all(requests)) expect(status).toBe(200);
    for (const place of places().slice(0, 5)) {
      expect([place, (await stranger.request('GET', place)).text.includes(SECRET)]).toEqual([place, true]);
    }
    const list = await stranger.request('GET', '/api/patients/?page_size=100');
    expect(list.json.results.map(({ id }: { id: number }) => id)).toEqual([patient.patientId]);

    const rows = await app.services.db.select().from(emergencyAccess);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      therapistId: stranger.therapistId,
      patientId: patient.patientId,
      userId: stranger.userId,
      reason: `${REASON}, ñ`,
    });
    const { json: log } = await admin.request('GET', '/api/audit/?action=emergency_access');
    expect(log.results).toHaveLength(1);
    expect(log.results[0]).toMatchObject({ entity: 'patient', entity_id: String(patient.patientId) });
    expect(JSON.stringify(log.results[0].after)).toContain(REASON);
  });

  test('it lets a therapist write, in the own name', async () => {
    const body = diagnosisOf(patient, { diagnosis_data: { name: 'Síncope', symptoms: 'Inconsciente' } });
    const { status, json } = await stranger.request('POST', '/api/diagnoses/', { body });
    expect([status, json.therapist_id]).toEqual([201, stranger.therapistId]);
    const changed = await stranger.request('PATCH', `/api/diagnoses/${diagnosisId}/`, {
      body: { is_active: false },
    });
    expect(changed.status).toBe(403);
  });

  test('it opens no other patient, and nothing to other therapists', async () => {
    const other = await app.patient();
    expect((await stranger.request('GET', `/api/patients/${other}/`)).status).toBe(404);
    const third = await app.as('therapist');
    for (const place of places()) expect((await third.request('GET', place)).text).not.toContain(SECRET);
  });

  test('every route about a patient takes the header', async () => {
    const body = diagnosisOf(patient, { diagnosis_data: { name: 'Síncope', symptoms: 'Inconsciente' } });
    const tries: [string, string, unknown?][] = [
      ['GET', `/api/diagnoses/${diagnosisId}/`],
      ['GET', `/api/diagnoses/?patient_id=${patient.patientId}`],
      ['GET', `/api/patients/${patient.patientId}/history/`],
      ['POST', '/api/diagnoses/', body],
      ['PATCH', `/api/patients/${patient.patientId}/`, { allergies: 'Penicilina' }],
    ];
    for (const [method, path, sent] of tries) {
      const one = await app.as('therapist');
      expect((await one.request(method, path, { body: sent })).json.count ?? 0).toBe(0);
      const { status, text } = await one.request(method, path, { body: sent, ...withReason() });
      expect([path, status < 300]).toEqual([path, true]);
      expect(text).not.toContain(REASON);
      const opened = await app.services.db
        .select()
        .from(emergencyAccess)
        .where(eq(emergencyAccess.therapistId, one.therapistId));
      expect(opened.map(({ patientId }) => patientId)).toEqual([patient.patientId]);
    }
  });

  test('it ends', async () => {
    const past = Temporal.Now.instant().subtract({ minutes: 1 });
    await app.services.db
      .update(emergencyAccess)
      .set({ expiresAt: past })
      .where(eq(emergencyAccess.therapistId, stranger.therapistId));
    for (const place of places()) {
      const { json, text } = await stranger.request('GET', place);
      expect([place, json.code === 'NOT_FOUND' || json.count === 0]).toEqual([place, true]);
      expect(text).not.toContain(SECRET);
    }
    expect((await stranger.request('GET', `/api/patients/${patient.patientId}/`, withReason())).status).toBe(
      200,
    );
  });

  test('administrators are told, without the reason or the patient’s name', async () => {
    const [event] = await app.services.db
      .select()
      .from(outbox)
      .where(eq(outbox.job, 'notify-emergency-access'))
      .orderBy(asc(outbox.id))
      .limit(1);
    const { accessId } = (event?.data ?? { accessId: 0 }) as { accessId: number };
    const run = {
      id: `emergency-${accessId}`,
      attempt: 1,
      maxAttempts: 1,
      signal: new AbortController().signal,
      progress: async () => {},
    };
    await handle(app.ctx(), { accessId }, run);
    const told = await app.services.db
      .select()
      .from(notifications)
      .where(eq(notifications.kind, 'security_alert'));
    expect(told.map(({ userId }) => userId)).toContain(admin.userId);
    expect(told.map(({ userId }) => userId)).not.toContain(stranger.userId);
    const { json, text } = await admin.request('GET', '/api/notifications/');
    expect(json.results[0]).toMatchObject({
      kind: 'security_alert',
      title: 'Acceso de emergencia a una historia',
    });
    expect(text).toContain('Julio Ramos');
    for (const secret of [REASON, 'Quispe', SECRET]) expect(text).not.toContain(secret);
  });
});
