import { stat } from 'node:fs/promises';
import { writeArchive } from '../backup/archive.ts';
import { dump } from '../backup/dump.ts';
import type { Manifest } from '../backup/manifest.ts';
import { systemCtx, transaction } from '../context.ts';
import { audit } from '../db/audit.ts';
import { defineCommand } from './command.ts';
import { progress, secondsSince } from './progress.ts';
import { withRuntime } from './runtime.ts';

export const command = defineCommand({
  takes: ['FILE'],
  notes:
    'The whole database as it is at one instant, and the files of STORAGE_DIR/files, in one compressed tar (clinic.tar.gz,\nsay) that MySQL and MariaDB restore alike. The service may run meanwhile. FILE is everything there is about your\npatients, not encrypted: it can be read by this user only, so keep it like that. SECRET_KEY is not in it: keep it\nelsewhere, as a restore needs the same one.',
  run: (_, [file = '']) =>
    withRuntime(async ({ databaseUrl, secretKey, services }) => {
      const start = performance.now();
      let made: Manifest | undefined;
      await writeArchive(file, async (add) => {
        made = await dump({ databaseUrl, secretKey, files: services.files }, add, progress());
      });
      const { size } = await stat(file);
      const held = summary(made);
      await transaction(systemCtx(services, 'backup'), (tx) =>
        audit(tx, { action: 'backup', entity: 'database', entityId: 'database', after: held }),
      );
      process.stdout.write(
        `${file} holds ${held.rows} rows of ${held.tables} tables and ${held.files} files: ${(size / 1e6).toFixed(1)} MB in ${secondsSince(start)}.\n`,
      );
    }),
});

/** What a backup holds, in numbers. */
export function summary(manifest: Manifest | undefined) {
  const tables = Object.values(manifest?.tables ?? {});
  return {
    made_at: manifest?.made_at,
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    files: manifest?.files ?? 0,
  };
}
