import { Elysia } from 'elysia';
import * as v from 'valibot';
import type { Http } from '../../http/plugin.ts';
import { Download, IdParams, Success } from '../../http/schemas.ts';
import { sse, streamAnswer } from '../../http/sse.ts';
import { attachment } from './attachment.ts';
import type { Report } from './define.ts';
import { exportFile } from './export-file.ts';
import { REPORTS } from './registry.ts';
import { downloadRun } from './runs/download.ts';
import { runEvents } from './runs/events.ts';
import { getRun, listRuns } from './runs/find.ts';
import { removeRun } from './runs/remove.ts';
import { Accepted, FILE_OPTIONS, Run, RunPage, RunQuery } from './schemas.ts';

export const exportRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/exports', tags: ['Exports'] })
    .use(http)
    .use(fileRoutes(http))
    .get('/', ({ ctx, query }) => listRuns(ctx, query, 'files'), {
      permit: 'exports:use',
      query: RunQuery,
      response: { 200: RunPage },
      detail: { summary: 'The own files that jobs made or make, the latest first' },
    })
    .get('/:id/', ({ ctx, params }) => getRun(ctx, params.id), {
      permit: 'exports:use',
      params: IdParams,
      response: { 200: Run },
      detail: { summary: 'How a file is getting on, and where it can be had' },
    })
    .delete('/:id/', ({ ctx, params }) => removeRun(ctx, params.id), {
      permit: 'exports:use',
      params: IdParams,
      response: { 200: Success },
      detail: { summary: 'Delete a file, or stop the job that makes it' },
    })
    .get('/:id/events/', ({ ctx, params, request }) => sse(ctx, request, runEvents(params.id)), {
      permit: 'exports:use',
      params: IdParams,
      detail: {
        summary: 'The progress of a file, live',
        responses: streamAnswer(
          'Events `progress`, then `done`, `failed` or `cancelled`; `data` is what `GET /api/exports/{id}/` answers.',
        ),
      },
    })
    .get(
      '/:id/download/',
      async ({ ctx, params, set }) => attachment(set, await downloadRun(ctx, params.id)),
      {
        permit: 'exports:use',
        params: IdParams,
        response: { 200: Download },
        detail: { summary: 'The file, for 24 hours and for who asked for it' },
      },
    );

const NAMES = { pdf: 'PDF', excel: 'Excel or OpenDocument', csv: 'CSV' };

/** Every report in every form, each with its own parameters. */
function fileRoutes(http: Http) {
  const routes = new Elysia().use(http);
  for (const report of REPORTS) {
    for (const kind of ['pdf', 'excel', 'csv'] as const) {
      routes.get(
        `/${kind}/${report.type}/`,
        async ({ ctx, query: { format, async: later, ...parameters }, request, set, status }) => {
          const wanted = { report, parameters, format, later: later === true };
          const made = await exportFile(ctx, wanted, request.signal);
          return 'file' in made ? attachment(set, made.file) : status(202, made.accepted);
        },
        {
          permit: 'reports:read',
          query: v.object({ ...report.parameters.entries, ...FILE_OPTIONS[kind] }),
          response: { 200: Download, 202: Accepted },
          detail: { summary: `${report.title.en} as ${NAMES[kind]}`, description: describe(report, kind) },
        },
      );
    }
  }
  return routes;
}

const describe = ({ about }: Report, kind: keyof typeof NAMES): string =>
  `${about} The file itself; over 5,000 rows, or with \`async=true\`, 202 and a job that makes it.` +
  (kind === 'csv' ? ' UTF-8 with a byte order mark, commas, RFC 4180; the list alone, without sums.' : '');
