import type { Ctx } from '../../context.ts';
import { equalSecrets } from '../../http/equal-secrets.ts';
import { canUnsubscribe, type Kind, KINDS } from './kinds.ts';
import { linkTo } from './messages/content.ts';
import type { Recipient } from './recipients.ts';

/** Whose mails of which kind end: an account's, or those of a patient without one. */
export type Subscriber = { kind: Kind; of: 'user' | 'patient'; id: number };

export const UNSUBSCRIBE_PATH = '/api/notifications/unsubscribe/';

/** Signs of the signature: 128 bits. */
const SIGNATURE = 32;
const FORM = new RegExp(`^([a-z_]{1,40})\\.(user|patient)\\.(\\d{1,15})\\.([0-9a-f]{${SIGNATURE}})$`);

/**
 * The address that ends mails of this kind to the recipient. It needs no login and holds for ever, as mails do; null
 * for what nobody can switch off.
 */
export async function unsubscribeUrl(
  ctx: Ctx,
  kind: Kind,
  { userId, patientId }: Recipient,
): Promise<string | null> {
  if (!canUnsubscribe(kind)) return null;
  const of = userId === null ? 'patient' : 'user';
  const id = userId ?? patientId;
  if (id === null) return null;
  const subject = `${kind}.${of}.${id}`;
  return linkTo(
    ctx.services.config,
    `${UNSUBSCRIBE_PATH}?token=${subject}.${await signatureOf(ctx, subject)}`,
  );
}

/** Whom a token of {@link unsubscribeUrl} names; null for what we have not signed. */
export async function subscriberOf(ctx: Ctx, token: string): Promise<Subscriber | null> {
  const [, name = '', of, id, signature] = FORM.exec(token) ?? [];
  const kind = KINDS.find((one) => one === name);
  if (kind === undefined || !canUnsubscribe(kind) || (of !== 'user' && of !== 'patient')) return null;
  const expected = await signatureOf(ctx, `${name}.${of}.${id}`);
  if (!(await equalSecrets(expected, signature ?? ''))) return null;
  return { kind, of, id: Number(id) };
}

const signatureOf = async (ctx: Ctx, subject: string): Promise<string> =>
  (await ctx.services.tokens.fingerprint(`unsubscribe:${subject}`)).slice(0, SIGNATURE);
