import { Elysia } from 'elysia';
import * as v from 'valibot';
import pkg from '../../package.json' with { type: 'json' };
import type { Services } from '../context.ts';
import { AppError } from '../errors.ts';
import { patiently } from '../patience.ts';
import { equalSecrets } from './equal-secrets.ts';
import type { Http } from './plugin.ts';

const Root = v.object({
  name: v.string(),
  version: v.string(),
  links: v.object({
    docs: v.string(),
    openapi: v.string(),
    admin: v.string(),
    health: v.string(),
    ready: v.string(),
  }),
});

const Ready = v.object({
  status: v.picklist(['ready', 'unavailable']),
  checks: v.record(v.string(), v.object({ ok: v.boolean(), detail: v.optional(v.unknown()) })),
});

async function probe(ask: () => Promise<unknown>): Promise<{ ok: boolean; detail?: unknown }> {
  try {
    return { ok: true, detail: await patiently(ask) };
  } catch {
    return { ok: false };
  }
}

/** What lives outside `/api`: the root, liveness, readiness and metrics (contract, "Outside /api"). */
export const health = (http: Http, { probes, metrics, config }: Services) =>
  new Elysia({ tags: ['Service'] })
    .use(http)
    .get(
      '/',
      () => ({
        name: 'Backend-Optimizacion',
        version: pkg.version,
        links: {
          docs: '/swagger',
          openapi: '/swagger/json',
          admin: '/admin/',
          health: '/health/',
          ready: '/health/ready/',
        },
      }),
      {
        public: true,
        response: { 200: Root },
        detail: { summary: 'Name, version and where to go from here' },
      },
    )
    .get('/health/', () => ({ status: 'ok' }), {
      public: true,
      response: { 200: v.object({ status: v.string() }) },
      detail: { summary: 'The process lives' },
    })
    .get(
      '/health/ready/',
      async ({ status }) => {
        const names = Object.keys(probes);
        const results = await Promise.all(Object.values(probes).map(probe));
        const checks = Object.fromEntries(names.map((name, i) => [name, results[i] ?? { ok: false }]));
        const ready = results.every(({ ok }) => ok);
        return ready
          ? status(200, { status: 'ready' as const, checks })
          : status(503, { status: 'unavailable' as const, checks });
      },
      {
        public: true,
        response: { 200: Ready, 503: Ready },
        detail: { summary: 'Whether database, queue and workers answer' },
      },
    )
    .get(
      '/metrics',
      async ({ request, set }) => {
        const given = request.headers.get('authorization')?.replace(/^Bearer +/i, '') ?? '';
        if (config.metricsToken && !(await equalSecrets(given, config.metricsToken)))
          throw new AppError('AUTHENTICATION_REQUIRED');
        set.headers['content-type'] = metrics.registry.contentType;
        return metrics.registry.metrics();
      },
      { public: true, response: { 200: v.string() }, detail: { summary: 'Prometheus metrics' } },
    );
