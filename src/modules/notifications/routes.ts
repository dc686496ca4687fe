import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import { sse, streamAnswer } from '../../http/sse.ts';
import { listNotifications } from './find.ts';
import { notificationStream } from './live.ts';
import { preferences, setPreferences } from './preferences.ts';
import { subscribe, unsubscribe, vapidPublicKey } from './push-subscriptions.ts';
import { markAllRead, markRead } from './read.ts';
import {
  Notification,
  NotificationPage,
  NotificationQuery,
  Preferences,
  Subscribed,
  Subscription,
  SubscriptionEnd,
  VapidPublicKey,
} from './schemas.ts';

/** Made anew for each route, as the framework changes the objects that it is given. */
const publicKey = () =>
  ({
    permit: 'notifications:read',
    response: { 200: VapidPublicKey },
    detail: { summary: 'The key that a browser subscribes to web push with' },
  }) as const;

export const notificationRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/notifications', tags: ['Notifications'] })
    .use(http)
    .get('/', ({ ctx, query }) => listNotifications(ctx, query), {
      permit: 'notifications:read',
      query: NotificationQuery,
      response: { 200: NotificationPage },
      detail: { summary: 'Own notifications and how each channel delivered them' },
    })
    .get('/stream/', ({ ctx, request }) => sse(ctx, request, notificationStream), {
      permit: 'notifications:read',
      detail: {
        summary: 'Own new notifications as they come (server-sent events)',
        description:
          'Events `notification`, with what the list shows. `Last-Event-ID` goes on where a connection broke off, within an hour; after a longer break read the list.',
        responses: streamAnswer('The stream'),
      },
    })
    .post('/read-all/', ({ ctx }) => markAllRead(ctx), {
      permit: 'notifications:update',
      response: { 200: Success },
      detail: { summary: 'Mark all own notifications as read' },
    })
    .get('/preferences/', ({ ctx }) => preferences(ctx), {
      permit: 'notifications:read',
      etag: true,
      response: { 200: Preferences },
      detail: { summary: 'Own language, quiet hours, and the channels of each kind of notification' },
    })
    .put('/preferences/', ({ ctx, body }) => setPreferences(ctx, body), {
      permit: 'notifications:update',
      etag: true,
      body: Preferences,
      response: { 200: Preferences },
      detail: { summary: 'Set the own language, quiet hours and channels; what is left out is on' },
    })
    .get('/vapid-public-key/', ({ ctx }) => vapidPublicKey(ctx), publicKey())
    .get('/push-subscriptions/vapid-public-key/', ({ ctx }) => vapidPublicKey(ctx), publicKey())
    .post('/push-subscriptions/', async ({ ctx, body, status }) => status(201, await subscribe(ctx, body)), {
      permit: 'notifications:update',
      idempotent: true,
      body: Subscription,
      response: { 201: Subscribed },
      detail: { summary: 'Subscribe this browser to web push' },
    })
    .delete('/push-subscriptions/', ({ ctx, body }) => unsubscribe(ctx, body.endpoint), {
      permit: 'notifications:update',
      body: SubscriptionEnd,
      response: { 200: Success },
      detail: { summary: "End this browser's subscription" },
    })
    .post('/:id/read/', ({ ctx, params }) => markRead(ctx, params.id), {
      permit: 'notifications:update',
      params: IdParams,
      response: { 200: Notification },
      detail: { summary: 'Mark a notification as read' },
    });
