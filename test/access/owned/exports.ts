import { reportRuns } from '../../../src/modules/reports/tables.ts';
import type { Client, TestApp } from '../../harness.ts';
import type { OwnedCase } from './case.ts';

const runOf =
  (form: 'csv' | 'json') =>
  async (app: TestApp, { userId }: Client) => {
    const fileKey = `exports/owned-${crypto.randomUUID()}`;
    await app.services.files.save(fileKey, new Blob(['{}']));
    const [row] = await app.services.db
      .insert(reportRuns)
      .values({
        requestedBy: userId,
        report: 'resumen-caja',
        parameters: { date: '2026-01-02' },
        form,
        language: 'es',
        status: 'done',
        rowsTotal: 1,
        fileKey,
        createdAt: Temporal.Now.instant(),
      })
      .$returningId();
    return { id: row?.id ?? 0 };
  };

export const exportCases: OwnedCase[] = [
  {
    routes: {
      'GET /api/exports/:id/': undefined,
      'GET /api/exports/:id/events/': undefined,
      'GET /api/exports/:id/download/': undefined,
      'DELETE /api/exports/:id/': undefined,
    },
    list: '/api/exports/',
    make: runOf('csv'),
  },
  {
    routes: { 'GET /api/reports/:id/': undefined, 'DELETE /api/reports/:id/': undefined },
    list: '/api/reports/',
    make: runOf('json'),
  },
];
