import { swagger } from '@elysiajs/swagger';
import { type AnyElysia, Elysia } from 'elysia';
import pkg from '../../package.json' with { type: 'json' };
import { type Asset, sendAsset } from './asset.ts';
import { openApiOf } from './openapi.ts';
import type { Http } from './plugin.ts';

const BUNDLE = '/assets/api-reference.js';

const PAGE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** Without what its makers offer on servers of their own; requests that are tried go straight to this one. */
const PAGE_CONFIG = {
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  proxyUrl: '',
  favicon: 'data:,',
  authentication: { preferredSecurityScheme: 'bearerAuth' },
};

/**
 * `/swagger` and `/swagger/json`. @elysiajs/swagger does not understand valibot, so it is handed a finished document
 * (`openApiOf`), made at the first request and kept. The page's script comes from this server, never from a CDN.
 */
export function docs(http: Http, app: AnyElysia, bundle: () => Promise<Asset>) {
  let made: ReturnType<typeof openApiOf> | undefined;
  const document = () => (made ??= openApiOf(app));

  const page = swagger({
    path: '/swagger',
    exclude: [/./],
    scalarCDN: BUNDLE,
    scalarConfig: PAGE_CONFIG,
    documentation: {
      info: {
        title: 'Backend-Optimizacion',
        version: pkg.version,
        description:
          'API of a reflexology and therapy clinic. Log in at `/api/auth/login/`, then authorise with the `access_token`.',
      },
      get paths() {
        return document().paths as never;
      },
      get components() {
        return document().components;
      },
    },
  });
  allowAssets(page);

  return new Elysia({ name: 'docs', detail: { hide: true } })
    .use(http)
    .get(
      BUNDLE,
      async ({ set, request }) =>
        sendAsset({ set, request }, await bundle(), {
          type: 'text/javascript; charset=utf-8',
          name: 'api-reference.js',
          cache: 'public, max-age=86400',
        }),
      { public: true, etag: true },
    )
    .use(page);
}

/** The page is a fixed answer, which no hook sees: its own headers go before those of every answer. */
function allowAssets(page: AnyElysia): void {
  for (const { handler } of page.routes) {
    if (handler instanceof Response) handler.headers.set('content-security-policy', PAGE_POLICY);
  }
}
