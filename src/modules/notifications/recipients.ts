import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { alias, type MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../../context.ts';
import { statement } from '../../db/statement.ts';
import type { Language } from '../../errors.ts';
import { fullName } from '../../person.ts';
import { users } from '../users/tables.ts';
import type { Kind } from './kinds.ts';
import { oneLine } from './messages/content.ts';
import type { QuietHours } from './quiet-hours.ts';
import { notificationPreferences, pushSubscriptions } from './tables.ts';

/** Someone a notification goes to, and how they want it. */
export type Recipient = {
  /** Tells two recipients of one event apart. */
  key: string;
  userId: number | null;
  patientId: number | null;
  therapistId: number | null;
  name: string;
  email: string | null;
  phone: string | null;
  language: Language;
  /** The channels switched on or off for each kind; what is not there is on. */
  channels: (typeof notificationPreferences.$inferSelect)['channels'];
  quietHours: QuietHours | null;
  /** Whether a browser of theirs is subscribed to web push. */
  hasBrowser: boolean;
};

/** An account and its preferences, to be joined under names of their own: an event may concern two. */
export function accountOf(name: string) {
  const account = alias(users, `${name}_account`);
  const wishes = alias(notificationPreferences, `${name}_wishes`);
  const columns = {
    id: account.id,
    email: account.email,
    phone: account.phone,
    language: account.language,
    channels: wishes.channels,
    quietFrom: wishes.quietFrom,
    quietTo: wishes.quietTo,
    hasBrowser:
      sql`exists(select 1 from ${pushSubscriptions} where ${pushSubscriptions.userId} = ${account.id})`
        .mapWith(Number)
        .as(`${name}_browser`),
  };
  return {
    account,
    wishes,
    columns,
    isOf: (userId: MySqlColumn): SQL | undefined => and(eq(account.id, userId), isNull(account.deletedAt)),
    hasWishes: eq(wishes.userId, account.id),
  };
}

/** What {@link accountOf} finds; null, or its id is, where there is no account. */
type Account = {
  id: number | null;
  email: string | null;
  phone: string | null;
  language: Language | null;
  channels: Recipient['channels'] | null;
  quietFrom: number | null;
  quietTo: number | null;
  hasBrowser: number;
} | null;

type Person = Parameters<typeof fullName>[0] & { email: string | null };

/** A patient or therapist: the record's own address and number, else the account's; Spanish without an account. */
export function recipientOf(
  who: { patientId: number } | { therapistId: number },
  person: Person,
  phones: readonly (string | null)[],
  account: Account,
  optedOut: readonly Kind[] = [],
): Recipient {
  const [kind, id] =
    'patientId' in who ? (['patient', who.patientId] as const) : (['therapist', who.therapistId] as const);
  return {
    key: `${kind}-${id}`,
    patientId: kind === 'patient' ? id : null,
    therapistId: kind === 'therapist' ? id : null,
    name: oneLine(fullName(person)),
    ...wishesOf(account),
    email: [person.email, account?.email].find(Boolean) ?? null,
    phone: [...phones, account?.phone].find(Boolean) ?? null,
    ...((account?.id ?? null) === null
      ? { channels: Object.fromEntries(optedOut.map((one) => [one, { email: false }])) }
      : {}),
  };
}

const wishesOf = (account: Account) => ({
  userId: account?.id ?? null,
  language: account?.language ?? ('es' as const),
  channels: account?.channels ?? {},
  quietHours:
    typeof account?.quietFrom === 'number' && typeof account.quietTo === 'number'
      ? { from: account.quietFrom, to: account.quietTo }
      : null,
  hasBrowser: (account?.hasBrowser ?? 0) > 0,
});

const own = accountOf('own');

const userById = statement((db) =>
  db
    .select({ ...own.columns, firstName: own.account.firstName, lastName: own.account.lastName })
    .from(own.account)
    .leftJoin(own.wishes, own.hasWishes)
    .where(eq(own.account.id, sql.placeholder('id'))),
);

/** A person by their account alone. @throws Error when there is none */
export async function userRecipient(ctx: Ctx, id: number): Promise<Recipient> {
  const [row] = await userById(ctx.db, { id });
  if (!row) throw new Error('the user to notify does not exist');
  return {
    key: `user-${id}`,
    patientId: null,
    therapistId: null,
    name: oneLine(`${row.firstName} ${row.lastName}`),
    email: row.email,
    phone: row.phone,
    ...wishesOf(row),
  };
}
