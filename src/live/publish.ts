import type { Ctx } from '../context.ts';
import { insertStatement } from '../db/statement.ts';
import { liveEvents } from './tables.ts';

/** Something to be told at once to whoever listens to `channel`; `data` goes to the listeners as it is. */
export type LiveMessage = { channel: string; kind: string; data: object };

/**
 * Tells the listeners of `channel` when the caller's transaction commits, and nobody when it rolls back.
 * @throws Error outside a transaction
 */
export function publish(tx: Ctx, channel: string, kind: string, data: object): void {
  if (!tx.inTransaction) throw new Error('publish belongs into a transaction');
  tx.published.push({ channel, kind, data });
}

const insertOne = insertStatement(liveEvents, ['channel', 'kind', 'data']);

/**
 * Writes what a transaction has published. To be called last: between the number that a row gets
 * and the moment that others see it should lie only the commit.
 */
export async function writePublished(tx: Ctx): Promise<void> {
  await Promise.all(tx.published.map((message) => insertOne(tx.db, message)));
}
