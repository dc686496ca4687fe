import { and, asc, gt, inArray, max, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { liveEvents } from './tables.ts';

export type LiveRow = Pick<typeof liveEvents.$inferSelect, 'id' | 'channel' | 'kind' | 'data'>;

/** Seconds that a commit may take after its row got its number, without anybody missing it. */
const LATEST = 10;

const row = {
  id: liveEvents.id,
  channel: liveEvents.channel,
  kind: liveEvents.kind,
  data: liveEvents.data,
};

/** Reads each event that becomes visible once, also those that appear after larger numbers. */
export type Reader = {
  /** All up to here was read, or can never be. */
  floor: () => number;
  /** The largest number read. */
  highest: () => number;
  /** The new rows of the channels that `wanted` picks, by number. */
  read: (wanted: (channel: string) => boolean) => Promise<LiveRow[]>;
};

/** A reader of all that commits from now on. */
export async function openReader(db: Database): Promise<Reader> {
  const [old] = await db
    .select({ id: max(liveEvents.id) })
    .from(liveEvents)
    .where(sql`${liveEvents.createdAt} < now(3) - interval ${sql.raw(String(LATEST))} second`);
  let floor = old?.id ?? 0;
  let highest = floor;
  /** The numbers above the floor, with the time when they were first seen. */
  const seen = new Map<number, number>();

  const unseen = async () => {
    const rows = await db
      .select({ id: liveEvents.id, channel: liveEvents.channel })
      .from(liveEvents)
      .where(gt(liveEvents.id, floor))
      .orderBy(asc(liveEvents.id));
    return rows.filter(({ id }) => !seen.has(id));
  };
  const note = (news: readonly { id: number }[]) => {
    const now = performance.now();
    for (const { id } of news) {
      seen.set(id, now);
      highest = Math.max(highest, id);
    }
    for (const [id, at] of seen) {
      if (now - at < LATEST * 1_000) break;
      seen.delete(id);
      floor = Math.max(floor, id);
    }
  };

  note(await unseen());
  return {
    floor: () => floor,
    highest: () => highest,
    read: async (wanted) => {
      const news = await unseen();
      const ids = news.filter(({ channel }) => wanted(channel)).map(({ id }) => id);
      const rows =
        ids.length === 0
          ? []
          : await db
              .select(row)
              .from(liveEvents)
              .where(inArray(liveEvents.id, ids))
              .orderBy(asc(liveEvents.id));
      note(news);
      return rows;
    },
  };
}

/** What some channels had after a number, by number. */
export const pastEvents = (
  db: Database,
  channels: readonly string[],
  after: number,
  limit: number,
): Promise<LiveRow[]> =>
  db
    .select(row)
    .from(liveEvents)
    .where(and(inArray(liveEvents.channel, [...channels]), gt(liveEvents.id, after)))
    .orderBy(asc(liveEvents.id))
    .limit(limit);
