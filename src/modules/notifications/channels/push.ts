import { lookup } from 'node:dns/promises';
import { eq } from 'drizzle-orm';
import type { Config } from '../../../config.ts';
import type { Ctx } from '../../../context.ts';
import { pushSubscriptions } from '../tables.ts';
import { utf8 } from '../web-push/bytes.ts';
import { encryptPush } from '../web-push/encrypt.ts';
import { isPublicAddress } from '../web-push/public-host.ts';
import { vapidAuthorization } from '../web-push/vapid.ts';
import {
  type Channel,
  type Message,
  PermanentFailure,
  PROVIDER_TIMEOUT,
  throwForStatus,
  Unreachable,
} from './channel.ts';

type Subscription = typeof pushSubscriptions.$inferSelect;

/** A message that no browser asked for within this time is of no use any more, in seconds. */
const TIME_TO_LIVE = 24 * 60 * 60;

/** Web push (RFC 8030) to all browsers of the account; it was sent when one push service took it. */
export const push: Channel = {
  provider: 'push',
  obstacle: (ctx, { hasBrowser }) => {
    if (ctx.services.config.vapid === undefined) return 'not_configured';
    return hasBrowser ? null : 'no_subscription';
  },
  send: async (ctx, message, { userId }) => {
    const { vapid } = ctx.services.config;
    if (vapid === undefined) throw new Unreachable('not_configured');
    const subscriptions = await subscriptionsOf(ctx, userId);
    const results = await Promise.allSettled(
      subscriptions.map((subscription) => post(ctx, vapid, message, subscription)),
    );
    const taken = results.find((result) => result.status === 'fulfilled');
    if (taken) return { providerId: taken.value };
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    throw (
      failures.find((failure) => !isFinal(failure)) ??
      failures.find((failure) => failure instanceof PermanentFailure) ??
      new Unreachable('no_subscription')
    );
  },
};

const isFinal = (failure: unknown): boolean =>
  failure instanceof PermanentFailure || failure instanceof Unreachable;

const subscriptionsOf = async (ctx: Ctx, userId: number | null): Promise<Subscription[]> =>
  userId === null ? [] : ctx.db.select().from(pushSubscriptions).where(eq(pushSubscriptions.userId, userId));

/** Returns the push service's name of the message. An ended subscription (404, 410) is forgotten. */
async function post(
  ctx: Ctx,
  vapid: NonNullable<Config['vapid']>,
  { key, notificationId, kind, content }: Message,
  subscription: Subscription,
): Promise<string | null> {
  const endpoint = new URL(subscription.endpoint);
  if (!ctx.services.config.debug) await assertPublic(endpoint);
  const { language, title, short } = content;
  const payload = {
    title,
    body: short,
    lang: language,
    tag: key,
    data: { notification_id: notificationId, kind },
  };
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: await vapidAuthorization(endpoint, vapid, Date.now()),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: String(TIME_TO_LIVE),
      urgency: 'high',
      // A repeat takes the place of the first that still waits for its browser (RFC 8030, 5.4).
      topic: key.slice(0, 32),
    },
    body: await encryptPush(subscription.keys, utf8(JSON.stringify(payload))),
    redirect: 'manual',
    signal: AbortSignal.timeout(PROVIDER_TIMEOUT),
  });
  await response.body?.cancel();
  if (response.ok) return response.headers.get('location')?.slice(0, 255) ?? null;
  if (response.status !== 404 && response.status !== 410) throwForStatus(response.status);
  await ctx.db.delete(pushSubscriptions).where(eq(pushSubscriptions.id, subscription.id));
  throw new Unreachable('no_subscription');
}

/** The endpoint is a stranger's word: it must not lead our requests into the clinic's own network. */
async function assertPublic(endpoint: URL): Promise<void> {
  const addresses = await lookup(endpoint.hostname.replace(/^\[|\]$/g, ''), { all: true });
  if (endpoint.protocol !== 'https:' || !addresses.every(({ address }) => isPublicAddress(address)))
    throw new PermanentFailure('the endpoint is not public');
}
