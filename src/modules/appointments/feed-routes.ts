import { Elysia } from 'elysia';
import * as v from 'valibot';
import type { Http } from '../../http/plugin.ts';
import { Success } from '../../http/schemas.ts';
import { calendarFeed } from './feed.ts';
import { dropFeedAddress, makeFeedAddress } from './feed-address.ts';
import { FeedAddress, FeedParams } from './feed-schemas.ts';

export const feedRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/calendar', tags: ['Calendar feed'] })
    .use(http)
    // Not idempotent: the stored answer would be the secret.
    .post('/feed/', async ({ ctx, status }) => status(201, await makeFeedAddress(ctx)), {
      permit: 'calendar:use',
      response: { 201: FeedAddress },
      detail: { summary: 'Make the secret address of the own calendar; the one before is dead' },
    })
    .delete('/feed/', ({ ctx }) => dropFeedAddress(ctx), {
      permit: 'calendar:use',
      response: { 200: Success },
      detail: { summary: 'Switch the secret address of the own calendar off' },
    })
    .get(
      '/:feed_token.ics',
      async ({ ctx, params, set }) => {
        const { content, changedAt } = await calendarFeed(ctx, params['feed_token.ics']);
        set.headers['content-type'] = 'text/calendar; charset=utf-8';
        set.headers['content-disposition'] = 'inline; filename="citas.ics"';
        set.headers['cache-control'] = 'private, no-cache';
        set.headers['last-modified'] = changedAt.toUTCString();
        return content;
      },
      {
        public: true,
        rateLimited: true,
        etag: true,
        params: FeedParams,
        response: { 200: v.string() },
        detail: {
          summary: 'The calendar behind a secret address: appointments from 30 days ago to 180 ahead',
        },
      },
    );
