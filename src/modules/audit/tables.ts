import { bigint, mysqlTable, tinyint, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import { instant, reference } from '../../db/columns.ts';

/** A hash in hexadecimal. */
const hash = () => varchar({ length: 64 }).notNull();

/**
 * The links of the audit log's hash chain, numbered from 1 without a gap in the order of sealing. Rows are only ever
 * inserted; what they mean is in `chain.ts`.
 */
export const auditChain = mysqlTable(
  'audit_chain',
  {
    seq: bigint({ mode: 'number', unsigned: true }).primaryKey(),
    auditId: reference().notNull(),
    detailsDigest: hash(),
    hash: hash(),
  },
  (t) => [uniqueIndex('uq_audit_chain__audit_id').on(t.auditId)],
);

/** The chain's last link, in the one row with id 1: its lock is the sealer's lease, its `mac` shows a cut-off tail. */
export const auditHead = mysqlTable('audit_head', {
  id: tinyint().primaryKey(),
  seq: bigint({ mode: 'number', unsigned: true }).notNull(),
  hash: hash(),
  mac: hash(),
  sealedAt: instant().notNull(),
});
