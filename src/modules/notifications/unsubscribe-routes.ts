import { Elysia } from 'elysia';
import * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { notFound } from '../../errors.ts';
import type { Http } from '../../http/plugin.ts';
import type { Kind } from './kinds.ts';
import { UnsubscribeQuery } from './schemas.ts';
import { endMails } from './unsubscribe.ts';
import { subscriberOf } from './unsubscribe-link.ts';
import { unsubscribePage, unsubscribePolicy } from './unsubscribe-page.ts';

async function kindOf(ctx: Ctx, token: string): Promise<Kind> {
  const subscriber = await subscriberOf(ctx, token);
  if (!subscriber) throw notFound();
  return subscriber.kind;
}

function show(ctx: Ctx, kind: Kind, isDone: boolean, headers: Record<string, unknown>): string {
  const nonce = crypto.randomUUID();
  headers['content-type'] = 'text/html; charset=utf-8';
  headers['content-security-policy'] = unsubscribePolicy(nonce);
  return unsubscribePage(ctx.language, kind, isDone, nonce);
}

export const unsubscribeRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/notifications/unsubscribe', tags: ['Notifications'] })
    .use(http)
    .get('/', async ({ ctx, query, set }) => show(ctx, await kindOf(ctx, query.token), false, set.headers), {
      public: true,
      query: UnsubscribeQuery,
      response: { 200: v.string() },
      detail: { summary: 'The page behind the link of a mail: asks, and changes nothing' },
    })
    .post(
      '/',
      async ({ ctx, query, set }) => show(ctx, await endMails(ctx, query.token), true, set.headers),
      {
        oneClick: true,
        query: UnsubscribeQuery,
        response: { 200: v.string() },
        detail: {
          summary: 'Ends the mails of one kind to one person',
          description: 'The token of the mail says which. Mail programs post here by themselves (RFC 8058).',
        },
      },
    );
