import type { Ctx } from '../../context.ts';

const FILE = /^[0-9a-f]{64}\.ics$/;

/** A token that nobody can guess: 256 random bits. */
export const newFeedToken = (): string => crypto.getRandomValues(new Uint8Array(32)).toHex();

/** What is kept of a token. It is looked up by this, so that the time a look-up takes tells nothing of the token. */
export const feedTokenHash = (ctx: Ctx, token: string): Promise<string> =>
  ctx.services.tokens.fingerprint(`calendar-feed:${token}`);

/** The token in the file name of a feed's address; null when there can be none of that name. */
export const tokenIn = (file: string): string | null => (FILE.test(file) ? file.slice(0, 64) : null);
