import { type DocumentDecoration, Elysia, ElysiaCustomStatusResponse } from 'elysia';
import { authenticate, authorise } from '../access/authenticate.ts';
import { ACCESS_REASON, applyEmergencyAccess, type PatientIn } from '../access/emergency.ts';
import type { Permission } from '../access/enforcer.ts';
import type { OutagePermit } from '../access/outage.ts';
import type { Ctx, Services } from '../context.ts';
import { AppError } from '../errors.ts';
import { readBody } from './body.ts';
import { errorBody, logFailure, toAppError } from './errors.ts';
import { etagOf, matches } from './etag.ts';
import { idempotencyOf } from './idempotency.ts';
import { languageOf } from './language.ts';
import { keepTexts } from './query.ts';
import { rateLimitHeaders } from './rate-limit.ts';
import { allowedHost, SECURITY_HEADERS } from './security.ts';

/** The plugin that every domain's routes use: it gives them `ctx` and the route options below. */
export type Http = ReturnType<typeof createHttp>;

const ORIGIN = /^https?:\/\/[^/]+/;
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** A body that could not be read waits here until the caller is known: strangers learn nothing but 401. */
const unreadable = new WeakMap<Request, unknown>();

const throwIfUnreadable = (request: Request): void => {
  if (unreadable.has(request)) throw unreadable.get(request);
};

/** OpenAPI's extension fields, which the framework's type does not know. */
const documented = (detail: Record<string, unknown>) => detail as DocumentDecoration;

/**
 * Everything a request has in common. Route options:
 * - `permit: 'module:action'`: a signed-in caller whom the policy file allows this; else `public: true`.
 *   `permit: inOutage('module:action')`: also while the database is away (`access/outage.ts`).
 * - `oneClick: true`: public, and whatever body comes is ignored: mail programs post forms (RFC 8058).
 * - `idempotent: true`: honours `Idempotency-Key` (for a POST whose verb runs in one transaction).
 * - `rateLimited: true`: the verb counts against a limit; the answer says how much is left (`RateLimit-*`).
 * - `emergency: 'path'`, …: where the patient is named whose records a therapist may open with `X-Access-Reason`.
 * - `etag: true`: answers with an `ETag` (the handler's own if it sets one), and 304 to a matching `If-None-Match`.
 */
export function createHttp(services: Services, methodsAt: (path: string) => string[]) {
  const { log, config, metrics } = services;
  const hostAllowed = allowedHost(config.allowedHosts);
  // A request's line has the fields below and no other: there is nothing in it to redact.
  const requests = log.child({}, { redact: [] });

  return new Elysia({ name: 'http' })
    .headers(SECURITY_HEADERS)
    .derive({ as: 'global' }, ({ request, server, set }) => {
      const { headers } = request;
      const forwarded = config.trustProxy
        ? headers.get('x-forwarded-for')?.split(',').at(-1)?.trim()
        : undefined;
      const ctx: Ctx = {
        actor: { kind: 'anonymous' },
        scopes: [],
        emergencyPatients: [],
        db: services.db,
        inTransaction: false,
        published: [],
        services,
        requestId: String(set.headers['x-request-id']),
        span:
          services.tracing?.start(request.method, {
            kind: 'server',
            parent: headers.get('traceparent'),
          }) ?? null,
        url: config.publicUrl ? request.url.replace(ORIGIN, config.publicUrl) : request.url,
        ip: forwarded ?? server?.requestIP(request)?.address ?? null,
        userAgent: headers.get('user-agent'),
        now: Temporal.Now.instant(),
        language: languageOf(headers.get('accept-language')),
        ifMatch: headers.get('if-match'),
        idempotency: null,
        rateLimit: null,
      };
      return { ctx };
    })
    .onRequest(({ request, set }) => {
      Atomics.add(services.requestCount, 0, 1);
      const given = request.headers.get('x-request-id');
      const requestId = given !== null && REQUEST_ID.test(given) ? given : crypto.randomUUID();
      set.headers['x-request-id'] = requestId;
      if (hostAllowed(request.url.slice(request.url.indexOf('//') + 2, request.url.indexOf('/', 8)))) return;
      set.status = 400;
      const body = errorBody(
        new AppError('VALIDATION_ERROR', { host: ['ALLOWED_HOSTS'] }),
        languageOf(request.headers.get('accept-language')),
        requestId,
      );
      return body;
    })
    .onParse({ as: 'global' }, async ({ request, contentType }) => {
      try {
        return (await readBody(request, contentType)) ?? null;
      } catch (error) {
        unreadable.set(request, error);
        return null;
      }
    })
    .onTransform({ as: 'global' }, ({ query, request }) => keepTexts(query, request.url))
    .macro({
      permit: (guard: Permission | OutagePermit) => {
        const { permission, inOutage } =
          typeof guard === 'string' ? { permission: guard, inOutage: false } : guard;
        return {
          detail: documented({ security: [{ bearerAuth: [] }], 'x-permission': permission }),
          async transform({ ctx, request }) {
            const actor = await authenticate(services, request.headers.get('authorization'), inOutage);
            authorise(ctx, actor, permission);
            throwIfUnreadable(request);
          },
        };
      },
      public: (_: true) => ({
        detail: documented({ security: [] }),
        transform({ request }) {
          throwIfUnreadable(request);
        },
      }),
      oneClick: (_: true) => ({
        detail: documented({ security: [] }),
      }),
      idempotent: (_: true) => ({
        detail: documented({ 'x-idempotent': true }),
        async beforeHandle({ ctx, request, body }) {
          ctx.idempotency = await idempotencyOf(ctx, request, body);
        },
        afterHandle({ ctx, set }) {
          if (ctx.idempotency?.replayed) set.headers['idempotent-replayed'] = 'true';
        },
      }),
      rateLimited: (_: true) => ({
        detail: documented({ 'x-rate-limited': true }),
        afterHandle({ ctx, set }) {
          Object.assign(set.headers, rateLimitHeaders(ctx));
        },
      }),
      emergency: (where: PatientIn) => ({
        detail: documented({ 'x-emergency': true }),
        async beforeHandle({ ctx, request, params, query, body }) {
          const reason = request.headers.get(ACCESS_REASON);
          await applyEmergencyAccess(ctx, reason, where, { params, query, body });
        },
      }),
      etag: (_: true) => ({
        detail: documented({ 'x-etag': true }),
        afterHandle({ request, set, responseValue }) {
          const answer =
            responseValue instanceof ElysiaCustomStatusResponse ? responseValue.response : responseValue;
          // A file brings a tag of its own.
          const etag = (set.headers.etag ??= etagOf(answer));
          const known = request.headers.get('if-none-match');
          if (request.method !== 'GET' || known === null || !matches(known, etag)) return;
          set.status = 304;
          return '';
        },
      }),
    })
    .onError({ as: 'global' }, ({ error: thrown, request, path, set, ctx }) => {
      const language = ctx?.language ?? languageOf(request.headers.get('accept-language'));
      const requestId = String(set.headers['x-request-id']);
      let error = toAppError(thrown, language);
      if (error.code === 'NOT_FOUND' && thrown !== error) {
        const methods = methodsAt(path);
        if (methods.length > 0) {
          set.headers.allow = methods.join(', ');
          if (request.method === 'OPTIONS') {
            set.status = 204;
            return '';
          }
          error = new AppError('METHOD_NOT_ALLOWED');
        }
      }
      const body = errorBody(error, language, requestId);
      if (error.status >= 500) logFailure(log, thrown, requestId);
      set.status = error.status;
      // A route of another type has set its own before it failed.
      set.headers['content-type'] = 'application/json; charset=utf-8';
      if (ctx) Object.assign(set.headers, rateLimitHeaders(ctx));
      if (error.retryAfter !== undefined) set.headers['retry-after'] = String(error.retryAfter);
      return body;
    })
    .onAfterResponse({ as: 'global' }, ({ request, set, route, ctx }) => {
      const status = typeof set.status === 'number' ? set.status : 200;
      const seconds = ctx ? (Date.now() - ctx.now.epochMilliseconds) / 1000 : 0;
      metrics.requests.observe({ method: request.method, route: route ?? 'none', status }, seconds);
      ctx?.span?.rename(`${request.method} ${route}`);
      ctx?.span?.end({ 'http.route': route, 'http.response.status_code': status }, status >= 500);
      requests.info(
        {
          requestId: set.headers['x-request-id'],
          method: request.method,
          route,
          status,
          ms: Math.round(seconds * 1000),
          userId: ctx?.actor.kind === 'user' ? ctx.actor.userId : undefined,
        },
        'request',
      );
    });
}
