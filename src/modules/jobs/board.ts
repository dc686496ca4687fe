import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import html from './board.html' with { type: 'text' };

/**
 * The queue board, for either engine: one page that signs in with the same credentials and shows and does what
 * `/api/jobs/` does. The page itself holds nothing secret.
 */
export const jobBoard = (http: Http) =>
  new Elysia({ detail: { hide: true } }).use(http).get(
    '/admin/queues/',
    ({ ctx, set }) => {
      const nonce = crypto.randomUUID();
      set.headers['content-type'] = 'text/html; charset=utf-8';
      set.headers['content-security-policy'] =
        `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
      return (html as unknown as string).replaceAll('{{nonce}}', nonce).replace('{{language}}', ctx.language);
    },
    { public: true },
  );
