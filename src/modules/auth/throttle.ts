import type { Ctx } from '../../context.ts';
import type { AppError } from '../../errors.ts';
import { holdTo } from '../../http/rate-limit.ts';

/** Failed proofs within the window after which an account or an address must wait (contract, "Auth"). */
const FAILURES = 10;
const WINDOW_SECONDS = 600;

/** What failed proofs are counted under: who is to be proved, and from where. */
export type Watched = { subject: string; address: string | null };

/** Wrong passwords and wrong codes of an account count together, at the login and behind it. */
export const watchedAccount = ({ ip }: Ctx, userId: number): Watched => ({
  subject: `login:user:${userId}`,
  address: addressName(ip),
});

/** A name of nobody is kept as a fingerprint, as long and as telling as any other. */
export const watchedStranger = async ({ ip, services }: Ctx, typed: string): Promise<Watched> => ({
  subject: `login:name:${await services.tokens.fingerprint(typed.toLowerCase())}`,
  address: addressName(ip),
});

const addressName = (ip: string | null) => (ip === null ? null : `login:ip:${ip}`);

const namesOf = ({ subject, address }: Watched): string[] => [
  subject,
  ...(address === null ? [] : [address]),
];

/**
 * Has something proved that only the account's owner can, and counts the failures.
 * @throws AppError RATE_LIMITED after ten failures of one subject or address, `refusal` for a failure
 */
export async function proved<Proof>(
  ctx: Ctx,
  watched: Watched,
  prove: () => Promise<Proof | null>,
  refusal: AppError,
): Promise<Proof> {
  await assertNotBlocked(ctx, watched);
  const proof = await prove();
  if (proof === null) {
    await Promise.all(namesOf(watched).map((name) => ctx.services.counters.add(name, WINDOW_SECONDS)));
    throw refusal;
  }
  // Again: of many guesses sent at once, all were let through before the first was counted.
  await assertNotBlocked(ctx, watched);
  return proof;
}

async function assertNotBlocked(ctx: Ctx, watched: Watched): Promise<void> {
  const failures = await Promise.all(namesOf(watched).map((name) => ctx.services.counters.read(name)));
  // The attempt itself would be one more, if it fails.
  for (const { count, resetSeconds } of failures) holdTo(ctx, FAILURES, { count: count + 1, resetSeconds });
}

/**
 * The owner has proved everything: the failures so far were slips. Those of the address stay counted. Asks before it
 * writes, since most people make none.
 */
export async function forgiven({ services }: Ctx, { subject }: Watched): Promise<void> {
  const { count } = await services.counters.read(subject);
  if (count > 0) await services.counters.clear(subject);
}
