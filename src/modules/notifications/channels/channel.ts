import type { Provider } from '../../../breakers.ts';
import type { Ctx } from '../../../context.ts';
import type { Invitation } from '../../appointments/invitation.ts';
import type { Kind } from '../kinds.ts';
import type { Content } from '../messages/content.ts';
import type { Recipient } from '../recipients.ts';

/** What a channel carries. */
export type Message = {
  /** Names this delivery for ever, so that who gets it a second time can tell: letters, digits, `-`. */
  key: string;
  notificationId: number;
  kind: Kind;
  content: Content;
  /** For the recipient's calendar. */
  invitation?: Invitation;
};

/** One way to reach people. Failures carry no address, name or text: they are stored, shown and logged. */
export type Channel = {
  /** Whose circuit breaker it goes through. */
  provider: Provider;
  /** Why the recipient cannot be reached this way (`no_address`, …), or null. */
  obstacle: (ctx: Ctx, recipient: Recipient) => string | null;
  /**
   * Hands the message to the provider.
   * @throws PermanentFailure, Unreachable, or any other error when a later attempt may succeed
   */
  send: (ctx: Ctx, message: Message, recipient: Recipient) => Promise<{ providerId: string | null }>;
};

/** The provider refuses this message for good. */
export class PermanentFailure extends Error {}

/** The provider did not take it now and may take it later. */
export class TemporaryFailure extends Error {}

/** There is nowhere to send to any more; the message is what {@link Channel.obstacle} would have said. */
export class Unreachable extends Error {}

/** How long a provider may take to answer, in ms. */
export const PROVIDER_TIMEOUT = 12_000;

/**
 * Fails as an HTTP status calls for: again later for 408, 425, 429 and 5xx, for good otherwise.
 * `detail` is the provider's own code for it.
 */
export function throwForStatus(status: number, detail?: string | number): never {
  const reason = detail === undefined ? `HTTP ${status}` : `HTTP ${status}, code ${detail}`;
  if (status >= 500 || status === 408 || status === 425 || status === 429) throw new TemporaryFailure(reason);
  throw new PermanentFailure(reason);
}

/** An error in a few words that hold nothing personal: the messages of other libraries quote addresses. */
export function reasonOf(error: unknown): string {
  if (
    error instanceof PermanentFailure ||
    error instanceof TemporaryFailure ||
    error instanceof Unreachable
  ) {
    return error.message.slice(0, 200);
  }
  if (!(error instanceof Error)) return 'unknown error';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`.slice(0, 200);
}
