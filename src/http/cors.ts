import type { CORSConfig } from '@elysiajs/cors';

/**
 * What pages of the given origins may send and read. Stated, since @elysiajs/cors would else allow and expose
 * whatever a request names; and compared exactly, where its own comparison lets a foreign scheme in front pass.
 */
export function corsOptions(origins: readonly string[]): CORSConfig {
  const allowed = new Set(origins);
  return {
    origin: (request) => allowed.has(request.headers.get('origin') ?? ''),
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Accept-Language',
      'Idempotency-Key',
      'If-Match',
      'If-None-Match',
      'X-Request-Id',
    ],
    exposeHeaders: ['ETag', 'X-Request-Id', 'Idempotent-Replayed', 'Retry-After', 'Content-Disposition'],
    maxAge: 600,
  };
}
