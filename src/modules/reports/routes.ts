import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { readReport } from './read.ts';
import { REPORTS } from './registry.ts';

export const reportRoutes = (http: Http) => {
  const routes = new Elysia({ prefix: '/api/reports', tags: ['Reports'] }).use(http);
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
    if (!report.alsoPost) continue;
    routes.post(`/${path}/`, ({ ctx, body }) => readReport(ctx, report, body), {
      ...common(),
      body: parameters,
    });
  }
  return routes;
};
