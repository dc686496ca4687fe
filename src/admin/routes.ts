import { type Context, Elysia } from 'elysia';
import type { Services } from '../context.ts';
import { sendAsset } from '../http/asset.ts';
import type { Http } from '../http/plugin.ts';
import html from './page.html' with { type: 'text' };

/** Nothing but what this server sends, no script in the page, no text that becomes one. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** The page names its script and style by their version: a browser need not ask for them again. */
const FOR_GOOD = 'public, max-age=31536000, immutable';

/**
 * The administration panel: a page, a script and a style that hold nothing secret. All they show and do goes through
 * the public API, as whoever signs in.
 */
export const adminPanel = (http: Http, { panel }: Services['assets']) =>
  new Elysia({ prefix: '/admin', detail: { hide: true } })
    .use(http)
    .get('/', ({ set }) => page(set, panel), { public: true, etag: true })
    .get('/queues/', ({ set }) => page(set, panel), { public: true, etag: true })
    .get(
      '/panel.js',
      async ({ set, request }) => {
        const { script } = await panel();
        const type = 'text/javascript; charset=utf-8';
        return sendAsset({ set, request }, script, { type, name: 'panel.js', cache: FOR_GOOD });
      },
      { public: true, etag: true },
    )
    .get(
      '/panel.css',
      async ({ set, request }) => {
        const { style } = await panel();
        const type = 'text/css; charset=utf-8';
        return sendAsset({ set, request }, style, { type, name: 'panel.css', cache: FOR_GOOD });
      },
      { public: true, etag: true },
    );

async function page(set: Context['set'], panel: Services['assets']['panel']): Promise<string> {
  const { version } = await panel();
  set.headers['content-type'] = 'text/html; charset=utf-8';
  set.headers['content-security-policy'] = POLICY;
  set.headers['cache-control'] = 'no-cache';
  return (html as unknown as string).replaceAll('{{version}}', version);
}
