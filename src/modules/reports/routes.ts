import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import { reportCatalogue } from './catalogue.ts';
import { generate } from './generate.ts';
import { readReport } from './read.ts';
import { REPORTS } from './registry.ts';
import { reopen } from './reopen.ts';
import { removeRun } from './runs/remove.ts';
import { Accepted, Catalogue, Generated, Reopened, ReportTables, RunQuery, Wanted } from './schemas.ts';
import { MOST_SHOWN, reportTables } from './tables-of.ts';

export const reportRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/reports', tags: ['Reports'] })
    .use(http)
    .use(readRoutes(http))
    .get('/', ({ ctx, query }) => reportCatalogue(ctx, query), {
      permit: 'exports:use',
      query: RunQuery,
      response: { 200: Catalogue },
      detail: { summary: 'The reports that there are, and those that the caller had generated' },
    })
    .post(
      '/generate/',
      async ({ ctx, body, status }) => {
        const { made, accepted } = await generate(ctx, body);
        return made ?? status(202, accepted);
      },
      {
        permit: 'exports:use',
        idempotent: true,
        body: Wanted,
        response: { 200: Generated, 202: Accepted },
        detail: {
          summary: 'Generate a report and keep it for 30 days',
          description:
            '`parameters` as the report’s own path takes them. Over 5,000 rows, or with `async: true`, a job generates it (up to 50,000 rows).',
        },
      },
    )
    .get('/:id/', ({ ctx, params }) => reopen(ctx, params.id), {
      permit: 'exports:use',
      params: IdParams,
      response: { 200: Reopened },
      detail: { summary: 'Open again what was generated; `data` is null until it is there' },
    })
    .delete('/:id/', ({ ctx, params }) => removeRun(ctx, params.id), {
      permit: 'exports:use',
      params: IdParams,
      response: { 200: Success },
      detail: { summary: 'Delete what was generated' },
    });

/** The JSON answer of every report, and the tables of its page. */
function readRoutes(http: Http) {
  const routes = new Elysia().use(http);
  for (const report of REPORTS) {
    const { path, parameters, answer, title, about } = report;
    // An object for each route: the framework adds to it.
    const common = () =>
      ({
        permit: 'reports:read',
        response: { 200: answer },
        detail: { summary: title.en, description: about },
      }) as const;
    routes.get(`/${path}/`, ({ ctx, query }) => readReport(ctx, report, query), {
      ...common(),
      query: parameters,
    });
    routes.get(`/${path}/table/`, ({ ctx, query }) => reportTables(ctx, report, query), {
      permit: 'reports:read',
      query: parameters,
      response: { 200: ReportTables },
      detail: {
        summary: `${title.en} as tables`,
        description: `With the columns, labels and totals of its files, and the first ${MOST_SHOWN} rows of the list.`,
      },
    });
    if (!report.alsoPost) continue;
    routes.post(`/${path}/`, ({ ctx, body }) => readReport(ctx, report, body), {
      ...common(),
      body: parameters,
    });
  }
  return routes;
}
