import type { Ctx } from '../context.ts';
import type { Database } from '../db/client.ts';
import { insertStatement } from '../db/statement.ts';
import type { Live } from './bus.ts';
import { liveEvents } from './tables.ts';

/** Something to be told at once to whoever listens to `channel`; `data` goes to the listeners as it is. */
export type LiveMessage = {
  channel: string;
  kind: string;
  data: object;
  /** It says only that something has changed: what many transactions say at the same time is told once. */
  hint?: true;
};

/**
 * Tells the listeners of `channel` when the caller's transaction commits, and nobody when it rolls back.
 * @throws Error outside a transaction
 */
export function publish(tx: Ctx, channel: string, kind: string, data: object): void {
  if (!tx.inTransaction) throw new Error('publish belongs into a transaction');
  tx.published.push({ channel, kind, data });
}

/**
 * Like {@link publish} for what says only that something has changed. It costs the transaction nothing, and is told just
 * after the commit: a crash in between loses it, so who keeps what it tells of keeps it for a while only.
 * @throws Error outside a transaction
 */
export function hint(tx: Ctx, channel: string, kind: string): void {
  if (!tx.inTransaction) throw new Error('hint belongs into a transaction');
  tx.published.push({ channel, kind, data: {}, hint: true });
}

const insertOne = insertStatement(liveEvents, ['channel', 'kind', 'data']);

/**
 * Writes what a transaction has published. To be called last: between the number that a row gets
 * and the moment that others see it should lie only the commit.
 */
export async function writePublished(tx: Ctx): Promise<void> {
  await writeEvents(
    tx.db,
    tx.published.filter((message) => !message.hint),
  );
}

/** Writes events that are heard when this commits. */
export async function writeEvents(db: Database, messages: readonly LiveMessage[]): Promise<void> {
  await Promise.all(messages.map((message) => insertOne(db, message)));
}

/** Tells the listeners that something of what a transaction has published is there. */
export function afterCommit(live: Pick<Live, 'announce' | 'tell'>, published: readonly LiveMessage[]): void {
  const hints = published.filter((message) => message.hint);
  for (const message of hints) live.tell(message);
  if (hints.length < published.length) live.announce();
}
