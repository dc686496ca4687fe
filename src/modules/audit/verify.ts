import { and, asc, count, eq, getTableColumns, gt, isNull, lt, sql } from 'drizzle-orm';
import { auditLog } from '../../db/audit.ts';
import type { Database } from '../../db/client.ts';
import { statement } from '../../db/statement.ts';
import { type Chain, createChain, GENESIS } from './chain.ts';
import { readErasures } from './erasures.ts';
import { auditChain, auditHead } from './tables.ts';

/** The first thing that is wrong; `auditId` is the id of the row in `audit_log`, where one is concerned. */
export type Break = { seq: number; auditId: number | null; reason: string };

/** `erased`: rows whose details were erased, each by an erasure that the log itself names. */
export type Verification = {
  links: number;
  erased: number;
  unsealed: number;
  head: { seq: number; hash: string };
  broken: Break | null;
};

type Options = {
  /** SECRET_KEY, then those used before it, if it was ever changed. */
  secretKeys: readonly string[];
  /** A head noted outside the database: the chain must still contain it. */
  expected?: { seq: number; hash: string } | undefined;
  onProgress?: (links: number) => void;
};

const ROWS = 2_000;
/** The sealer takes seconds; it has not overlooked a row for so long. */
const LATE = { hours: 1 };

/**
 * Reads the whole chain once, in pages, and compares every link with its row. It finds rows that were edited, deleted,
 * put in between, or cut off at the end. Stops at the first that is wrong.
 */
export async function verifyChain(
  db: Database,
  { secretKeys, expected, onProgress }: Options,
): Promise<Verification> {
  const chains = secretKeys.map(createChain);
  const erasures = await readErasures(db);
  // Read before the links: whatever is sealed meanwhile comes after it.
  const [head] = await db.select().from(auditHead).where(eq(auditHead.id, 1));
  const found: Verification = {
    links: 0,
    erased: 0,
    unsealed: 0,
    head: { seq: 0, hash: GENESIS },
    broken: null,
  };
  const broken = (auditId: number | null, reason: string): Verification => ({
    ...found,
    broken: { seq: found.head.seq + 1, auditId, reason },
  });

  let hashAtHead = head?.seq === 0 ? GENESIS : undefined;
  for await (const links of pages(db)) {
    for (const { link, row } of links) {
      const seq = found.head.seq + 1;
      if (link.seq !== seq) return broken(null, 'the link is missing');
      if (!row) return broken(link.auditId, 'the row was deleted');
      const hash = (chain: Chain) => chain.link(seq, found.head.hash, row, link.detailsDigest);
      const chain = chains.find((one) => hash(one) === link.hash);
      if (!chain) {
        return broken(
          row.id,
          seq === 1
            ? 'the row was edited, or SECRET_KEY is not the one it was sealed with'
            : 'the row was edited',
        );
      }
      const whole = chain.detailsDigest(row.id, row) === link.detailsDigest;
      if (!whole && (row.before !== null || row.after !== null))
        return broken(row.id, 'the details were edited');
      if (!whole && !erasures.cover(row)) {
        return broken(row.id, 'the details were removed, and no entry tells of an erasure');
      }
      if (expected?.seq === seq && expected.hash !== link.hash) {
        return broken(row.id, 'the noted head was another one: the history was rewritten');
      }
      if (head?.seq === seq) hashAtHead = link.hash;
      found.head = { seq, hash: link.hash };
      found.links = seq;
      if (!whole) found.erased += 1;
    }
    onProgress?.(found.links);
  }

  if (found.links > 0 && !head) return broken(null, 'the head is missing');
  if (head && hashAtHead !== head.hash)
    return broken(null, `the end is missing: there were ${head.seq} links`);
  if (head && !chains.some((chain) => chain.head(head.seq, head.hash) === head.mac)) {
    return broken(null, 'the head was edited');
  }
  if (expected && expected.seq > found.links) {
    return broken(null, `the end is missing: link ${expected.seq} was noted`);
  }
  const stray = await findStray(db, head?.sealedAt);
  if (stray) return broken(stray.id, stray.reason);
  found.unsealed = await countUnsealed(db);
  return found;
}

const readLinks = statement((db) =>
  db
    .select({ link: getTableColumns(auditChain), row: getTableColumns(auditLog) })
    .from(auditChain)
    .leftJoin(auditLog, eq(auditLog.id, auditChain.auditId))
    .where(gt(auditChain.seq, sql.placeholder('after')))
    .orderBy(asc(auditChain.seq))
    .limit(ROWS),
);

/** The chain in pages; the next one is on its way while one is looked at. */
async function* pages(db: Database): AsyncGenerator<Awaited<ReturnType<typeof readLinks>>, void> {
  let next = readLinks(db, { after: 0 });
  for (;;) {
    const links = await next;
    const last = links.at(-1);
    if (!last || links.length < ROWS) {
      yield links;
      return;
    }
    next = readLinks(db, { after: last.link.seq });
    // When nobody waits for it any more, its failure is nobody's.
    next.catch(() => undefined);
    yield links;
  }
}

/** A row that says it is sealed and is not, or that the sealer never met although it sealed much younger ones. */
async function findStray(
  db: Database,
  sealedAt: Temporal.Instant | undefined,
): Promise<{ id: number; reason: string } | undefined> {
  const [posing] = await db
    .select({ id: auditLog.id })
    .from(auditLog)
    .leftJoin(auditChain, eq(auditChain.auditId, auditLog.id))
    .where(and(eq(auditLog.sealed, true), isNull(auditChain.seq)))
    .orderBy(asc(auditLog.id))
    .limit(1);
  if (posing) return { id: posing.id, reason: 'the row is in no link: it was put there' };
  if (!sealedAt) return undefined;
  const [late] = await db
    .select({ id: auditLog.id })
    .from(auditLog)
    .where(and(eq(auditLog.sealed, false), lt(auditLog.at, sealedAt.subtract(LATE))))
    .orderBy(asc(auditLog.id))
    .limit(1);
  return late && { id: late.id, reason: 'the row was put there, or taken out of the chain, after its time' };
}

async function countUnsealed(db: Database): Promise<number> {
  const [row] = await db.select({ rows: count() }).from(auditLog).where(eq(auditLog.sealed, false));
  return row?.rows ?? 0;
}
