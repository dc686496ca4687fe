import type { Ctx } from '../context.ts';
import { insertStatement } from '../db/statement.ts';
import { liveEvents } from './tables.ts';

/** What one transaction tells its listeners: what is not written yet, and whether anything was. */
export type Published = { waiting: LiveMessage[]; any: boolean };

export const nothingPublished = (): Published => ({ waiting: [], any: false });

/** Something to be told at once to whoever listens to `channel`; `data` goes to the listeners as it is. */
export type LiveMessage = { channel: string; kind: string; data: object };

/**
 * Tells the listeners of `channel` when the caller's transaction commits, and nobody when it rolls back.
 * @throws Error outside a transaction
 */
export function publish(tx: Ctx, channel: string, kind: string, data: object): void {
  if (!tx.inTransaction) throw new Error('publish belongs into a transaction');
  tx.published.waiting.push({ channel, kind, data });
}

const insertOne = insertStatement(liveEvents, ['channel', 'kind', 'data']);

/**
 * Writes what a transaction has published and not written yet. To be called last: between the number that a row gets
 * and the moment that others see it should lie only the commit.
 */
export async function writePublished(tx: Ctx): Promise<void> {
  const messages = tx.published.waiting.splice(0);
  if (messages.length === 0) return;
  tx.published.any = true;
  await Promise.all(messages.map((message) => insertOne(tx.db, message)));
}
