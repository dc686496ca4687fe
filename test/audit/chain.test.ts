import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { type Ctx, transaction } from '../../src/context.ts';
import { audit, type AuditEntry, auditLog } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/client.ts';
import { createChain } from '../../src/modules/audit/chain.ts';
import { eraseAuditDetails, eraseAuditDetailsBefore } from '../../src/modules/audit/erase.ts';
import { sealBatch, sealingBacklog, startSealer } from '../../src/modules/audit/seal.ts';
import { auditChain, auditHead } from '../../src/modules/audit/tables.ts';
import { verifyChain } from '../../src/modules/audit/verify.ts';
import { manage, onDatabase } from '../cli/manage.ts';
import { startTestApp, type TestApp } from '../harness.ts';

setDefaultTimeout(60_000);

const KEY = 'a key for tests only, of 32 characters or more';
const chain = createChain(KEY);

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const write = (entry: Partial<AuditEntry> = {}, ctx: Ctx = app.ctx()) =>
  transaction(ctx, (tx) =>
    audit(tx, {
      action: 'update',
      entity: 'patient',
      entityId: 1,
      before: { phone: '1' },
      after: { phone: '2' },
      ...entry,
    }),
  );

const seal = async () => {
  while (await sealBatch(app.services.db, app.services.transact, chain)) continue;
};

const verify = (options: Partial<Parameters<typeof verifyChain>[1]> = {}) =>
  verifyChain(app.services.db, { secretKeys: [KEY], ...options });

/** Runs `tamper` on a whole chain, tells what the verification says of it, and takes it back. */
async function after(tamper: (db: Database) => Promise<unknown>) {
  expect((await verify()).broken).toBeNull();
  const undo = new Error('undo');
  let found: Awaited<ReturnType<typeof verify>> | undefined;
  await app.services.db
    .transaction(async (tx) => {
      await tamper(tx);
      found = await verifyChain(tx, { secretKeys: [KEY] });
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  expect((await verify()).broken).toBeNull();
  return found;
}

/** The row behind a link. */
async function rowOf(seq: number): Promise<number> {
  const [link] = await app.services.db.select().from(auditChain).where(eq(auditChain.seq, seq));
  return link?.auditId ?? 0;
}

describe('sealing', () => {
  test('chains committed rows without a gap, and counts what waits', async () => {
    for (let i = 0; i < 5; i++) await write({ entityId: i });
    expect(await sealingBacklog(app.services.db)).toMatchObject({ unsealed: 5, lastSeq: 0 });
    await seal();
    const links = await app.services.db.select().from(auditChain).orderBy(auditChain.seq);
    expect(links.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(links.map(({ hash }) => hash)).size).toBe(5);
    expect(await sealingBacklog(app.services.db)).toEqual({ unsealed: 0, oldestSeconds: 0, lastSeq: 5 });
    expect(await verify()).toMatchObject({ links: 5, erased: 0, unsealed: 0, broken: null });
  });

  test('gives a row that is committed late a later link, and waits neither for it nor makes it wait', async () => {
    const late = Promise.withResolvers<void>();
    const inserted = Promise.withResolvers<void>();
    const slow = transaction(app.ctx(), async (tx) => {
      await audit(tx, { action: 'update', entity: 'slow', entityId: 1 });
      inserted.resolve();
      await late.promise;
    });
    await inserted.promise;
    await write({ entity: 'fast' });
    await seal();
    const ids = async () =>
      (await app.services.db.select().from(auditChain).orderBy(auditChain.seq)).map(({ auditId }) => auditId);
    const before = await ids();
    late.resolve();
    await slow;
    await seal();
    const all = await ids();
    expect(all).toHaveLength(before.length + 1);
    expect(all.at(-1)).toBeLessThan(before.at(-1) ?? 0);
    expect(await verify()).toMatchObject({ links: all.length, broken: null });
  });

  test('by several at once while others write gives one chain of all rows', async () => {
    const rounds = Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 40; i++) await sealBatch(app.services.db, app.services.transact, chain);
    });
    const writes = Array.from({ length: 60 }, (_, i) => write({ entityId: i, after: { phone: `${i}` } }));
    await Promise.all([...rounds, ...writes]);
    await seal();
    const [row] = await app.services.db.select({ rows: sql`count(*)`.mapWith(Number) }).from(auditLog);
    expect(await verify()).toMatchObject({ links: row?.rows ?? 0, unsealed: 0, broken: null });
  });

  test('goes on in the background until it is stopped, and seals the rest then', async () => {
    const heads: unknown[] = [];
    const log = { info: (fields: unknown) => void heads.push(fields), warn: () => undefined };
    await write();
    const { db, transact } = app.services;
    const sealer = startSealer({ db, transact, log: log as never, secretKey: KEY });
    while ((await sealingBacklog(db)).unsealed > 0) await Bun.sleep(10);
    await write();
    await sealer.stop();
    const { head, unsealed } = await verify();
    expect(unsealed).toBe(0);
    expect(heads).toEqual([{ seq: head.seq - 1, hash: expect.stringMatching(/^[\da-f]{64}$/) }]);
  });
});

const dropLink = (db: Database) => db.delete(auditChain).where(eq(auditChain.seq, 2));

describe('verification names', () => {
  const edits: [string, (id: number) => Partial<typeof auditLog.$inferInsert>, string][] = [
    ['another actor', () => ({ actorId: 99 }), 'the row was edited'],
    ['another address', () => ({ ip: '10.0.0.1' }), 'the row was edited'],
    ['another time', () => ({ at: Temporal.Instant.from('2020-01-01T00:00:00Z') }), 'the row was edited'],
    ['another action', () => ({ action: 'read' }), 'the row was edited'],
    ['another record', () => ({ entityId: '77' }), 'the row was edited'],
    ['other details', () => ({ after: { phone: '3' } }), 'the details were edited'],
    [
      'no details',
      () => ({ before: null, after: null }),
      'the details were removed, and no entry tells of an erasure',
    ],
  ];
  test.each(edits)('a row with %s', async (_, change, reason) => {
    const auditId = await rowOf(3);
    const found = await after((db) =>
      db.update(auditLog).set(change(auditId)).where(eq(auditLog.id, auditId)),
    );
    expect(found?.broken).toEqual({ seq: 3, auditId, reason });
    expect(found?.links).toBe(2);
  });

  test('a deleted row, a deleted link, and both', async () => {
    const auditId = await rowOf(2);
    const dropRow = (db: Database) => db.delete(auditLog).where(eq(auditLog.id, auditId));
    expect((await after(dropRow))?.broken).toEqual({ seq: 2, auditId, reason: 'the row was deleted' });
    expect((await after(dropLink))?.broken).toMatchObject({ seq: 2, reason: 'the link is missing' });
    const both = await after(async (db) => {
      await dropRow(db);
      await dropLink(db);
    });
    expect(both?.broken).toMatchObject({ seq: 2, reason: 'the link is missing' });
  });

  test('rows that were swapped', async () => {
    const [a, b] = [await rowOf(2), await rowOf(4)];
    const found = await after(async (db) => {
      await db.update(auditChain).set({ auditId: 0 }).where(eq(auditChain.seq, 2));
      await db.update(auditChain).set({ auditId: a }).where(eq(auditChain.seq, 4));
      await db.update(auditChain).set({ auditId: b }).where(eq(auditChain.seq, 2));
    });
    expect(found?.broken).toMatchObject({ seq: 2, reason: 'the row was edited' });
  });

  test('a cut-off end, even with the head set back', async () => {
    const { head } = await verify();
    const cut = async (db: Database) => {
      await db.delete(auditLog).where(eq(auditLog.id, await rowOf(head.seq)));
      await db.delete(auditChain).where(eq(auditChain.seq, head.seq));
    };
    const [last] = await app.services.db
      .select()
      .from(auditChain)
      .where(eq(auditChain.seq, head.seq - 1));
    expect((await after(cut))?.broken?.reason).toBe(`the end is missing: there were ${head.seq} links`);
    const setBack = await after(async (db) => {
      await cut(db);
      await db.update(auditHead).set({ seq: head.seq - 1, hash: last?.hash ?? '' });
    });
    expect(setBack?.broken?.reason).toBe('the head was edited');
    const withoutHead = await after(async (db) => {
      await cut(db);
      await db.delete(auditHead);
    });
    expect(withoutHead?.broken?.reason).toBe('the head is missing');
  });

  test('a history that is whole but not the one whose head was noted', async () => {
    const { head } = await verify();
    expect((await verify({ expected: head })).broken).toBeNull();
    expect((await verify({ expected: { ...head, hash: 'f'.repeat(64) } })).broken?.reason).toContain(
      'noted head',
    );
    expect((await verify({ expected: { ...head, seq: head.seq + 5 } })).broken?.reason).toContain(
      'was noted',
    );
  });

  test("a row that was put there as if it were sealed, or before the sealer's time", async () => {
    const forged = {
      at: Temporal.Now.instant().subtract({ hours: 24 }),
      actor: 'user:1',
      requestId: 'forged',
      action: 'update',
      entity: 'patient',
      entityId: '1',
    };
    const posing = await after((db) => db.insert(auditLog).values({ ...forged, sealed: true }));
    expect(posing?.broken?.reason).toBe('the row is in no link: it was put there');
    const late = await after((db) => db.insert(auditLog).values(forged));
    expect(late?.broken?.reason).toContain('after its time');
  });

  test('another key, and accepts a former one that it is told of', async () => {
    const other = 'another key, for tests only, 32 characters';
    expect((await verify({ secretKeys: [other] })).broken).toMatchObject({
      seq: 1,
      reason: expect.stringContaining('SECRET_KEY'),
    });
    await write();
    await sealBatch(app.services.db, app.services.transact, createChain(other));
    expect((await verify({ secretKeys: [other, KEY] })).broken).toBeNull();
    await write();
    await seal();
  });
});

const detailsOf = (entity: string) =>
  app.services.db
    .select({ before: auditLog.before, after: auditLog.after })
    .from(auditLog)
    .where(eq(auditLog.entity, entity));

describe('erasure', () => {
  test("of a record empties its details and nobody else's, and the chain holds", async () => {
    await write({ entity: 'erased', entityId: 1, after: { phone: 'private' } });
    await write({ entity: 'erased', entityId: 2, after: { phone: 'kept' } });
    await seal();
    const emptied = await transaction(app.ctx(), (tx) =>
      eraseAuditDetails(tx, { entity: 'erased', entityIds: [1] }),
    );
    expect(emptied).toBe(1);
    expect(await detailsOf('erased')).toEqual([
      { before: null, after: null },
      { before: { phone: '1' }, after: { phone: 'kept' } },
    ]);
    await seal();
    expect(await verify({ secretKeys: [KEY, 'another key, for tests only, 32 characters'] })).toMatchObject({
      erased: 1,
      broken: null,
    });
    expect(
      await transaction(app.ctx(), (tx) => eraseAuditDetails(tx, { entity: 'erased', entityIds: [] })),
    ).toBe(0);
  });

  test('by age goes batch by batch from the oldest, and spares the entries about erasures', async () => {
    const old = { ...app.ctx(), now: Temporal.Now.instant().subtract({ hours: 24 * 100 }) };
    for (let i = 0; i < 5; i++) await write({ entity: 'old', entityId: i }, old);
    await write({ entity: 'young' });
    const limit = Temporal.Now.instant().subtract({ hours: 24 * 90 });
    const erased: number[] = [];
    do erased.push(await eraseAuditDetailsBefore(app.ctx(), limit, 2));
    while (erased.at(-1) !== 0);
    expect(erased).toEqual([2, 2, 1, 0]);
    expect(await detailsOf('old')).toEqual(Array.from({ length: 5 }, () => ({ before: null, after: null })));
    expect(await detailsOf('young')).toEqual([{ before: { phone: '1' }, after: { phone: '2' } }]);
    expect((await detailsOf('audit_details')).every(({ after: details }) => details !== null)).toBe(true);
  });
});

describe('bun run manage audit', () => {
  test('verify says the chain is whole, or names the broken link and fails; --help explains', async () => {
    const own = await startTestApp();
    const { db, transact } = own.services;
    for (let i = 0; i < 3; i++) {
      await transaction(own.ctx(), (tx) =>
        audit(tx, { action: 'create', entity: 'x', entityId: i, after: { i } }),
      );
    }
    await sealBatch(db, transact, chain);
    const env = onDatabase(own.database.url);
    const whole = await manage(['audit', 'verify'], { env });
    expect(whole).toMatchObject({ code: 0, err: '' });
    expect(whole.out).toMatch(/^The audit log is whole: 3 rows in .* rows\/s\)\./);
    const head = /Head: (\S+)/.exec(whole.out)?.[1] ?? '';
    expect((await manage(['audit', 'verify', '--head', head], { env })).code).toBe(0);

    await db.update(auditLog).set({ action: 'delete' }).where(eq(auditLog.entityId, '1'));
    const broken = await manage(['audit', 'verify'], { env });
    expect(broken).toMatchObject({ code: 1, out: '' });
    expect(broken.err).toMatch(
      /^The audit log is broken at link 2, row \d+: the row was edited\. 1 rows? before/,
    );

    const help = await manage(['audit', '--help'], { env });
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('manage audit verify') });
    expect((await manage(['audit', 'burn'], { env })).code).toBe(2);
    await own.close();
  });
});
