import { patientImports } from '../../../src/modules/patients/tables.ts';
import { assign } from '../../clinical/people.ts';
import type { Client, TestApp } from '../../harness.ts';
import type { OwnedCase } from './case.ts';

/** A patient's own record, or one of a therapist's patients; null for others. */
export async function patientOf(app: TestApp, { patientId, therapistId }: Client): Promise<number | null> {
  if (patientId > 0) return patientId;
  if (therapistId === 0) return null;
  const id = await app.patient();
  await assign(app, therapistId, id);
  return id;
}

const make: OwnedCase['make'] = async (app, owner) => {
  const id = await patientOf(app, owner);
  return id === null ? null : { id };
};

export const patientCases: OwnedCase[] = [
  {
    routes: {
      'GET /api/patients/:id/': undefined,
      'PUT /api/patients/:id/': 'as it is',
      'PATCH /api/patients/:id/': { phone: '+51 987 654 321' },
      'GET /api/patients/:id/export/': undefined,
      'GET /api/patients/:id/history/': undefined,
    },
    list: '/api/patients/',
    make,
  },
  {
    routes: {
      'GET /api/patients/imports/:id/': undefined,
      'GET /api/patients/imports/:id/errors/': undefined,
    },
    list: '/api/patients/imports/',
    make: async ({ services }, { userId: requestedBy }) => {
      const [row] = await services.db
        .insert(patientImports)
        .values({
          requestedBy,
          language: 'es',
          fileName: 'pacientes.csv',
          fileKey: `imports/test-${requestedBy}.csv`,
          dryRun: false,
          confirmDuplicate: false,
          status: 'done',
          headers: ['document_number'],
          createdAt: Temporal.Now.instant(),
        })
        .$returningId();
      return { id: row?.id ?? 0 };
    },
  },
];
