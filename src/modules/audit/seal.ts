import { asc, eq, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { auditLog } from '../../db/audit.ts';
import { bulkInsert } from '../../db/bulk-insert.ts';
import type { Database, DatabasePool } from '../../db/client.ts';
import { isRetryable } from '../../db/failure.ts';
import { createAlarm } from '../../queue/alarm.ts';
import { describeFailure } from '../../queue/failure.ts';
import { type Chain, createChain, GENESIS } from './chain.ts';
import { auditChain, auditHead } from './tables.ts';

type Options = {
  db: DatabasePool['db'];
  transact: DatabasePool['transact'];
  log: Pick<Logger, 'info' | 'warn'>;
  secretKey: string;
};

/** Rows of one transaction. */
const BATCH = 100;
/** With a backlog it rests so many times as long as it worked: the requests come first. */
const REST = 4;
/** Milliseconds between two looks: an auditor can wait, the bookings should not. */
const POLL = 2_000;
const LONGEST_PAUSE = 60_000;
/** The head goes to the log at most this often, in ms: a copy of it outside the database shows a cut-off tail. */
const TELL_EVERY = 600_000;

/**
 * Chains committed audit rows in the background until `stop`. Writers only ever insert and wait for nobody; a row that
 * is committed late gets a later link. Every process may run one; the head's row lock lets one work at a time.
 */
export function startSealer({ db, transact, log, secretKey }: Options): { stop: () => Promise<void> } {
  const chain = createChain(secretKey);
  const alarm = createAlarm();
  let told = -Infinity;

  const tell = (head: Head) => {
    if (performance.now() - told < TELL_EVERY) return;
    told = performance.now();
    log.info({ seq: head.seq, hash: head.hash }, 'audit log sealed');
  };

  const loop = async () => {
    let failures = 0;
    while (!alarm.ended()) {
      const began = performance.now();
      try {
        const head = await sealBatch(db, transact, chain);
        if (head) tell(head);
        failures = 0;
        const worked = performance.now() - began;
        await alarm.sleep(head && head.sealed === BATCH ? Math.min(REST * worked, POLL) : POLL, false);
      } catch (error) {
        if (!isRetryable(error)) failures += 1;
        if (failures === 1)
          log.warn({ reason: describeFailure(error).reason }, 'the audit log is not sealed');
        await alarm.sleep(Math.min(POLL * 2 ** Math.min(failures, 10), LONGEST_PAUSE), false);
      }
    }
  };
  const done = loop();

  return {
    stop: async () => {
      alarm.end();
      await done;
      await sealBatch(db, transact, chain).catch(() => null);
    },
  };
}

type Head = { seq: number; hash: string; sealed: number };

/**
 * Adds up to {@link BATCH} links. Returns the new head and how many rows it sealed, or null when there was nothing to
 * do or another process was doing it.
 */
export async function sealBatch(
  db: Database,
  transact: DatabasePool['transact'],
  chain: Chain,
): Promise<Head | null> {
  const isUnsealed = eq(auditLog.sealed, false);
  const waiting = await db.select({ id: auditLog.id }).from(auditLog).where(isUnsealed).limit(1);
  if (waiting.length === 0) return null;
  await ensureHead(db, chain);

  return transact(async (tx) => {
    const [head] = await tx
      .select()
      .from(auditHead)
      .where(eq(auditHead.id, 1))
      .for('update', { skipLocked: true });
    if (!head) return null;
    const rows = await tx.select().from(auditLog).where(isUnsealed).orderBy(asc(auditLog.id)).limit(BATCH);
    if (rows.length === 0) return null;

    let { seq, hash } = head;
    const links = rows.map((row) => {
      seq += 1;
      const detailsDigest = chain.detailsDigest(row.id, row);
      hash = chain.link(seq, hash, row, detailsDigest);
      return { seq, auditId: row.id, detailsDigest, hash };
    });
    await bulkInsert(tx, auditChain, links);
    await markSealed(
      tx,
      rows.map(({ id }) => id),
    );
    await tx
      .update(auditHead)
      .set({ seq, hash, mac: chain.head(seq, hash), sealedAt: Temporal.Now.instant() })
      .where(eq(auditHead.id, 1));
    return { seq, hash, sealed: rows.length };
  });
}

/** The first head. One that is gone is not made again at the start: the links' numbers would clash. */
async function ensureHead(db: Database, chain: Chain): Promise<void> {
  const known = await db.select({ id: auditHead.id }).from(auditHead);
  if (known.length > 0) return;
  const first = { seq: 0, hash: GENESIS, mac: chain.head(0, GENESIS), sealedAt: Temporal.Now.instant() };
  await db
    .insert(auditHead)
    .ignore()
    .values({ id: 1, ...first });
}

/** Row by row along the primary key: a scan would wait for rows that others have not committed (see queue/relay.ts). */
async function markSealed(tx: Database, ids: number[]): Promise<void> {
  await tx.execute(sql`
    update json_table(${JSON.stringify(ids)}, '$[*]' columns (id bigint unsigned path '$')) as chained
    straight_join ${auditLog} as row_of force index (primary) on row_of.id = chained.id
    set row_of.sealed = true`);
}

/** For metrics: how many rows wait for their link, since when, and the number of the last link. */
export async function sealingBacklog(
  db: Database,
): Promise<{ unsealed: number; oldestSeconds: number; lastSeq: number }> {
  const [[waiting], [head]] = await Promise.all([
    db
      .select({
        unsealed: sql`count(*)`.mapWith(Number),
        oldestSeconds: sql`coalesce(timestampdiff(second, min(${auditLog.at}), now(3)), 0)`.mapWith(Number),
      })
      .from(auditLog)
      .where(eq(auditLog.sealed, false)),
    db.select({ seq: auditHead.seq }).from(auditHead),
  ]);
  return {
    unsealed: waiting?.unsealed ?? 0,
    oldestSeconds: waiting?.oldestSeconds ?? 0,
    lastSeq: head?.seq ?? 0,
  };
}
