import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { listAudit } from './find.ts';
import { AuditPage, AuditQuery } from './schemas.ts';

export const auditRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/audit', tags: ['Audit'] })
    .use(http)
    .get('/', ({ ctx, query }) => listAudit(ctx, query), {
      permit: 'audit:read',
      query: AuditQuery,
      response: { 200: AuditPage },
      detail: { summary: 'Who did what, when, from where; the newest first' },
    });
