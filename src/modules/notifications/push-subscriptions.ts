import { and, desc, eq, inArray } from 'drizzle-orm';
import type * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { InvalidField, notFound } from '../../errors.ts';
import { success } from '../../success.ts';
import { formatInstant } from '../../time.ts';
import { users } from '../users/tables.ts';
import type { Subscription } from './schemas.ts';
import { pushSubscriptions } from './tables.ts';
import { importPublicKey } from './web-push/encrypt.ts';
import { isPublicHost } from './web-push/public-host.ts';

/** Browsers of one account; a further one takes the place of the oldest. */
const MOST = 10;

/**
 * Subscribes the caller's browser; one that somebody else was signed in on before is the caller's from now on.
 * @throws InvalidField for an endpoint that is not public or a key that is none
 */
export async function subscribe(ctx: Ctx, { endpoint, keys }: v.InferOutput<typeof Subscription>) {
  const { userId } = user(ctx);
  assertPublicEndpoint(ctx, endpoint);
  await assertPublicKey(keys.p256dh);
  return transaction(ctx, async (tx) => {
    await tx.db.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('update');
    const values = { userId, endpoint, keys, createdAt: tx.now };
    await tx.db.insert(pushSubscriptions).values(values).onDuplicateKeyUpdate({ set: values });
    const own = await tx.db
      .select({ id: pushSubscriptions.id, endpoint: pushSubscriptions.endpoint })
      .from(pushSubscriptions)
      .where(eq(pushSubscriptions.userId, userId))
      .orderBy(desc(pushSubscriptions.createdAt), desc(pushSubscriptions.id));
    const surplus = own.slice(MOST).map(({ id }) => id);
    if (surplus.length > 0)
      await tx.db.delete(pushSubscriptions).where(inArray(pushSubscriptions.id, surplus));
    const id = own.find((subscription) => subscription.endpoint === endpoint)?.id ?? 0;
    await audit(tx, { action: 'create', entity: 'push_subscription', entityId: id });
    return { id, endpoint, created_at: formatInstant(tx.now, tx.services.config.timeZone) };
  });
}

/** Ends the subscription of one of the caller's browsers; ending it twice is no error. */
export function unsubscribe(ctx: Ctx, endpoint: string) {
  const { userId } = user(ctx);
  return transaction(ctx, async (tx) => {
    const [{ affectedRows }] = await tx.db
      .delete(pushSubscriptions)
      .where(and(eq(pushSubscriptions.endpoint, endpoint), eq(pushSubscriptions.userId, userId)));
    if (affectedRows > 0)
      await audit(tx, { action: 'delete', entity: 'push_subscription', entityId: userId });
    return success(tx, {
      es: 'Este navegador ya no recibe avisos.',
      en: 'This browser gets no more notifications.',
    });
  });
}

/** The key that browsers subscribe with. @throws AppError NOT_FOUND when push is not configured */
export function vapidPublicKey(ctx: Ctx) {
  const { vapid } = ctx.services.config;
  if (vapid === undefined) throw notFound();
  return { public_key: vapid.publicKey };
}

/** A developer's push service may be local; nobody else's endpoint may lead into the clinic's network. */
function assertPublicEndpoint(ctx: Ctx, endpoint: string): void {
  const { protocol, hostname, username, password } = new URL(endpoint);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  const isPublic = protocol === 'https:' && isPublicHost(hostname);
  if (isWeb && username === '' && password === '' && (isPublic || ctx.services.config.debug)) return;
  throw new InvalidField('endpoint', {
    es: 'Debe ser una dirección https pública.',
    en: 'Must be a public https address.',
  });
}

async function assertPublicKey(p256dh: string): Promise<void> {
  try {
    await importPublicKey(p256dh);
  } catch {
    throw new InvalidField('keys.p256dh', {
      es: 'No es una clave pública P-256.',
      en: 'Is not a P-256 public key.',
    });
  }
}
