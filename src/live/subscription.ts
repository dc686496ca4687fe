import { type Cursor, writeCursor } from './cursor.ts';
import { createMailbox } from './mailbox.ts';
import type { LiveRow } from './reader.ts';

/** What a listener hears. `id` says where to go on after it (`Last-Event-ID`); it is no number. */
export type LiveEvent = { id: string; kind: string; data: object };

/** One listener: gets each event once. */
export type Subscription = {
  channels: ReadonlySet<string>;
  /** An event from now on; `floor`: all later offers have larger numbers. */
  offer: (row: LiveRow, floor: number) => void;
  /** Puts the past in front of what was offered meanwhile; until then a subscription that resumes holds that back. */
  goOn: (past: readonly LiveRow[], heard: Cursor['beyond'], floor: number) => void;
  end: () => void;
  events: () => AsyncGenerator<LiveEvent>;
};

/** Events that a listener may lag behind; then its stream ends, and it resumes from the database. */
export const LONGEST_LAG = 1_000;

export function createSubscription(channels: readonly string[], resumes: boolean): Subscription {
  const mailbox = createMailbox<LiveEvent>(LONGEST_LAG);
  const heard = new Set<number>();
  let held: LiveRow[] | undefined = resumes ? [] : undefined;

  const put = ({ id, kind, data }: LiveRow, floor: number) => {
    if (heard.has(id)) return;
    heard.add(id);
    for (const old of heard) if (old < floor) heard.delete(old);
    const beyond = [...heard].filter((one) => one > floor);
    mailbox.put({ id: writeCursor({ floor, beyond }), kind, data });
  };

  return {
    channels: new Set(channels),
    offer: (row, floor) => {
      if (held) held.push(row);
      else put(row, floor);
    },
    goOn: (past, heardBefore, floor) => {
      for (const id of heardBefore) heard.add(id);
      for (const row of past) put(row, Math.min(row.id, floor));
      for (const row of held ?? []) put(row, floor);
      held = undefined;
    },
    end: mailbox.end,
    events: mailbox.items,
  };
}
