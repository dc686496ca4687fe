import {
  index,
  mysqlEnum,
  mysqlTable,
  smallint,
  tinyint,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { id, instant, jsonOf, reference } from '../../db/columns.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { users } from '../users/tables.ts';
import { CHANNELS, type ChannelName, DELIVERY_STATES, type Kind, KINDS } from './kinds.ts';

/** One message to one person. `eventKey` names the event and the recipient, so that a repeated event makes no second one. */
export const notifications = mysqlTable(
  'notifications',
  {
    id: id(),
    eventKey: varchar({ length: 120 }).notNull(),
    kind: mysqlEnum(KINDS).notNull(),
    userId: reference().references(() => users.id),
    patientId: reference().references(() => patients.id),
    therapistId: reference().references(() => therapists.id),
    title: varchar({ length: 200 }).notNull(),
    body: varchar({ length: 2000 }).notNull(),
    createdAt: instant().notNull(),
    readAt: instant(),
  },
  (t) => [
    uniqueIndex('uq_notifications__event_key').on(t.eventKey),
    index('notifications_user').on(t.userId, t.createdAt),
  ],
);

/** One row per channel of a notification: what was tried and how it ended. */
export const deliveries = mysqlTable(
  'notification_deliveries',
  {
    id: id(),
    notificationId: reference()
      .notNull()
      .references(() => notifications.id),
    channel: mysqlEnum(CHANNELS).notNull(),
    state: mysqlEnum(DELIVERY_STATES).notNull(),
    attempts: tinyint({ unsigned: true }).notNull().default(0),
    /** While it lies ahead, a run of the job is sending this; when it has passed, that run was cut off. */
    claimedUntil: instant(),
    /** How often a run was cut off before it wrote down what the provider answered. */
    interruptions: tinyint({ unsigned: true }).notNull().default(0),
    sentAt: instant(),
    providerId: varchar({ length: 255 }),
    error: varchar({ length: 500 }),
  },
  (t) => [
    uniqueIndex('uq_deliveries__channel').on(t.notificationId, t.channel),
    index('deliveries_state').on(t.state),
  ],
);

/** A browser's web-push subscription (RFC 8030). */
export const pushSubscriptions = mysqlTable(
  'push_subscriptions',
  {
    id: id(),
    userId: reference()
      .notNull()
      .references(() => users.id),
    endpoint: varchar({ length: 700 }).notNull(),
    keys: jsonOf<{ p256dh: string; auth: string }>().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('uq_push_subscriptions__endpoint').on(t.endpoint),
    index('push_subscriptions_user').on(t.userId),
  ],
);

/** How a person wants to be told: what is not there is on. The language is the account's. */
export const notificationPreferences = mysqlTable('notification_preferences', {
  userId: reference()
    .primaryKey()
    .references(() => users.id),
  channels: jsonOf<ChannelsByKind>().notNull(),
  /** Minutes after midnight in the clinic's zone; both or none. */
  quietFrom: smallint({ unsigned: true }),
  quietTo: smallint({ unsigned: true }),
  updatedAt: instant().notNull(),
});

type ChannelsByKind = Partial<Record<Kind, Partial<Record<ChannelName, boolean>>>>;

/** Kinds of which a patient without an account wants no more mails; with one, it is a preference of theirs. */
export const notificationOptOuts = mysqlTable('notification_opt_outs', {
  patientId: reference()
    .primaryKey()
    .references(() => patients.id),
  kinds: jsonOf<Kind[]>().notNull(),
  updatedAt: instant().notNull(),
});
