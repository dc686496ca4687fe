import * as v from 'valibot';
import { FlagText, InstantOut, listQuery, pageOf } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';
import { CHANNELS, DELIVERY_STATES, KINDS } from './kinds.ts';

const Delivery = v.object({
  channel: v.picklist(CHANNELS),
  state: v.picklist(DELIVERY_STATES),
  attempts: v.number(),
  sent_at: v.nullable(InstantOut),
  provider_id: v.nullable(v.string()),
  error: v.nullable(v.string()),
});

export const Notification = v.object({
  id: v.number(),
  kind: v.picklist(KINDS),
  title: v.string(),
  body: v.string(),
  created_at: InstantOut,
  read_at: v.nullable(InstantOut),
  deliveries: v.array(Delivery),
});

export const NotificationPage = pageOf(Notification);

export const NotificationQuery = listQuery(['created_at'], {
  unread: v.optional(FlagText),
  kind: v.optional(v.picklist(KINDS)),
});

/** A secret key of `bytes` bytes as browsers write it: base64url, with or without padding. */
const Key = (bytes: number) =>
  v.pipe(v.string(), v.regex(new RegExp(`^[\\w-]{${Math.ceil((bytes * 4) / 3)}}={0,2}$`)));

const Endpoint = v.pipe(v.string(), v.maxLength(700), v.url());

/** What a browser's `PushSubscription.toJSON()` gives. */
export const Subscription = v.object({
  endpoint: Endpoint,
  keys: v.object({ p256dh: Key(65), auth: Key(16) }),
});

export const SubscriptionEnd = v.object({ endpoint: Endpoint });

export const Subscribed = v.object({ id: v.number(), endpoint: v.string(), created_at: InstantOut });

export const VapidPublicKey = v.object({ public_key: v.string() });

const Switch = v.optional(
  v.boolean(say({ es: 'Debe ser verdadero o falso.', en: 'Must be true or false.' })),
  true,
);

/** Each kind's channels; those that are left out are on. */
export const ChannelsByKind = v.object(
  v.entriesFromList(KINDS, v.optional(v.object(v.entriesFromList(CHANNELS, Switch)), {})),
);

const Clock = v.pipe(
  v.string(),
  v.regex(
    /^(?:[01]\d|2[0-3]):[0-5]\d$/,
    say({ es: 'Use una hora como "22:00".', en: 'Use a time such as "22:00".' }),
  ),
);

/** `quiet_from` and `quiet_to` by the clinic's clock, both or none; they may span midnight. */
export const Preferences = v.object({
  language: v.picklist(['es', 'en']),
  channels: v.optional(ChannelsByKind, {}),
  quiet_from: v.optional(v.nullable(Clock), null),
  quiet_to: v.optional(v.nullable(Clock), null),
});

export const UnsubscribeQuery = v.object({ token: v.pipe(v.string(), v.maxLength(120)) });
