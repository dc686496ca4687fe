import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { Success } from '../../http/schemas.ts';
import { listJobs, retryJob } from './jobs.ts';
import { JobParams, JobsPage, JobsQuery } from './schemas.ts';

export const jobRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/jobs', tags: ['Jobs'] })
    .use(http)
    .get('/', ({ ctx, query }) => listJobs(ctx, query), {
      permit: 'jobs:read',
      query: JobsQuery,
      response: { 200: JobsPage },
      detail: { summary: 'How the background work is doing, and its failed jobs with their reasons' },
    })
    .post('/:queue/:id/retry/', ({ ctx, params }) => retryJob(ctx, params), {
      permit: 'jobs:retry',
      params: JobParams,
      response: { 200: Success },
      detail: { summary: 'Run a failed job again, with all its attempts' },
    });
