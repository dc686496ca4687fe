import { hkdfSync } from 'node:crypto';
import * as v from 'valibot';

/** A file that is no backup, or not a whole one, or not for here; the message is for the operator. */
export class BackupError extends Error {}

/** The last entry of a backup. The others are `tables/<name>/<n>.ndjson` and `files/<key>`. */
export const MANIFEST = 'manifest.json';

/** What a backup holds. Every value of a row is text, as the database prints it, or null. */
export const Manifest = v.object({
  format: v.literal(1),
  made_at: v.string(),
  server: v.string(),
  /** See {@link keyFingerprint}. */
  secret_key: v.string(),
  migrations: v.array(v.object({ hash: v.string(), created_at: v.number() })),
  tables: v.record(v.string(), v.object({ columns: v.array(v.string()), rows: v.number() })),
  files: v.number(),
  /** The SHA-256 of every other entry. */
  entries: v.record(v.string(), v.string()),
});
export type Manifest = v.InferOutput<typeof Manifest>;

/** Tells one SECRET_KEY from another and nothing about it: sealed secrets and the audit chain need the same one. */
export const keyFingerprint = (secretKey: string): string =>
  Buffer.from(hkdfSync('sha256', secretKey, '', 'backup', 16)).toString('hex');
