import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { formOf } from '../../http/form.ts';
import { REPORTS } from './registry.ts';
import { listRuns } from './runs/find.ts';
import type { RunQuery } from './schemas.ts';

/** The reports that there are, and a page of those that the caller had generated. */
export const reportCatalogue = async (ctx: Ctx, query: v.InferOutput<typeof RunQuery>) => ({
  reports: REPORTS.map(({ type, title, about, path, alsoPost, parameters }) => ({
    report_type: type,
    title: title[ctx.language],
    description: about,
    parameters: formOf(title, { method: 'GET', path }, parameters, ctx.language).fields,
    path: `/api/reports/${path}/`,
    table: `/api/reports/${path}/table/`,
    methods: alsoPost ? ['GET', 'POST'] : ['GET'],
    files: {
      pdf: `/api/exports/pdf/${type}/`,
      excel: `/api/exports/excel/${type}/`,
      csv: `/api/exports/csv/${type}/`,
    },
  })),
  ...(await listRuns(ctx, query, 'reports')),
});
