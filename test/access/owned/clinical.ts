import {
  diagnoses,
  historyTemplates,
  historyTemplateVersions,
  medicalHistories,
  treatments,
} from '../../../src/modules/clinical/tables.ts';
import { assign } from '../../clinical/people.ts';
import { type Client, type TestApp, unique } from '../../harness.ts';
import type { OwnedCase } from './case.ts';

/** A patient's therapist, or a therapist's patient; null for others. */
async function pairOf(app: TestApp, { patientId, therapistId }: Client) {
  if (patientId === 0 && therapistId === 0) return null;
  const pair = {
    patientId: patientId || (await app.patient()),
    therapistId: therapistId || (await app.therapist()),
  };
  await assign(app, pair.therapistId, pair.patientId);
  return pair;
}

async function templateOf({ services: { db } }: TestApp): Promise<number> {
  const name = `Plantilla ${unique()}`;
  const [row] = await db.insert(historyTemplates).values({ name }).$returningId();
  const templateId = row?.id ?? 0;
  const createdAt = Temporal.Now.instant();
  await db
    .insert(historyTemplateVersions)
    .values({ templateId, version: 1, sections: [], fields: [], createdAt });
  return templateId;
}

type Pair = { patientId: number; therapistId: number };

const written = (insert: (app: TestApp, pair: Pair) => Promise<{ id: number }[]>): OwnedCase['make'] =>
  async function make(app, owner) {
    const pair = await pairOf(app, owner);
    if (pair === null) return null;
    const [row] = await insert(app, pair);
    return { id: row?.id ?? 0 };
  };

export const clinicalCases: OwnedCase[] = [
  {
    routes: {
      'GET /api/diagnoses/:id/': undefined,
      'PUT /api/diagnoses/:id/': 'as it is',
      'PATCH /api/diagnoses/:id/': { treatment_plan: 'Reposo' },
      'DELETE /api/diagnoses/:id/': undefined,
    },
    list: '/api/diagnoses/',
    make: written(({ services }, pair) =>
      services.db
        .insert(diagnoses)
        .values({ ...pair, name: 'Lumbago', symptoms: 'Dolor', diagnosisDate: '2026-01-15' })
        .$returningId(),
    ),
  },
  {
    routes: {
      'GET /api/treatments/:id/': undefined,
      'PUT /api/treatments/:id/': 'as it is',
      'PATCH /api/treatments/:id/': { description: 'Masoterapia suave' },
      'DELETE /api/treatments/:id/': undefined,
    },
    list: '/api/treatments/',
    make: written(({ services }, pair) =>
      services.db
        .insert(treatments)
        .values({ ...pair, treatmentType: 'therapy', description: 'Masoterapia', startDate: '2026-01-15' })
        .$returningId(),
    ),
  },
  {
    routes: {
      'GET /api/medical-histories/:id/': undefined,
      'PUT /api/medical-histories/:id/': 'as it is',
      'PATCH /api/medical-histories/:id/': { fields_data: {} },
      'DELETE /api/medical-histories/:id/': undefined,
    },
    list: '/api/medical-histories/',
    make: written(async (app, pair) =>
      app.services.db
        .insert(medicalHistories)
        .values({
          ...pair,
          templateId: await templateOf(app),
          templateVersion: 1,
          historyDate: '2026-01-15',
          fieldsData: {},
        })
        .$returningId(),
    ),
  },
];
