import { keyFingerprint } from '../backup/manifest.ts';
import { isInUse, restore } from '../backup/restore.ts';
import { verifyBackup } from '../backup/verify.ts';
import { systemCtx, transaction } from '../context.ts';
import { audit } from '../db/audit.ts';
import { ask } from './ask.ts';
import { summary } from './backup.ts';
import { defineCommand } from './command.ts';
import { progress, secondsSince } from './progress.ts';
import { commandLog, withRuntime } from './runtime.ts';

export const command = defineCommand({
  takes: ['FILE'],
  options: {
    check: { type: 'boolean', about: 'Only reads FILE to its end and says whether it is whole' },
    replace: {
      type: 'boolean',
      about: 'Also when the database has accounts or there are files: they are lost',
    },
    yes: { type: 'boolean', about: 'Does not ask before it replaces them' },
    'other-key': { type: 'boolean', about: 'Also when FILE was made with another SECRET_KEY' },
  },
  notes:
    'Stop the service first. FILE is checked to its end before anything changes; then all of it is restored, or what was\nthere stays. Migrations that have come since are applied. With REDIS_URL, empty that Redis before the service starts\nagain: its jobs and sessions are of the other state.',
  run: async ({ check, replace = false, yes = false, 'other-key': otherKey = false }, [path = '']) => {
    const start = performance.now();
    const manifest = await verifyBackup(path);
    const held = summary(manifest);
    const what = `${path}, made at ${held.made_at} from ${manifest.server}: ${held.rows} rows of ${held.tables} tables and ${held.files} files`;
    if (check) {
      process.stdout.write(`${what}. It is whole.\n`);
      return;
    }
    const log = commandLog();
    await withRuntime(async ({ config: { storageDir }, databaseUrl, secretKey, services }) => {
      if (manifest.secret_key !== keyFingerprint(secretKey) && !otherKey) throw new Error(OTHER_KEY);
      const place = { databaseUrl, storageDir };
      if (await isInUse(place)) {
        if (!replace) throw new Error(IN_USE);
        if (!yes) await confirm();
      }
      await restore({ path, manifest }, place, { log, onProgress: progress() });
      await transaction(systemCtx(services, 'restore'), (tx) =>
        audit(tx, { action: 'restore', entity: 'database', entityId: 'database', after: held }),
      );
    }, log);
    process.stdout.write(`Restored ${what}, in ${secondsSince(start)}.\n`);
  },
});

const OTHER_KEY =
  'The backup was made with another SECRET_KEY (the embedded default keeps its own in STORAGE_DIR/secret.key): set that one.\nWith --other-key people who log in with a second factor cannot any more (see changepassword --disable-2fa), and\n`audit verify` needs the former key in --old-keys.';
const IN_USE =
  'There are data already: accounts in the database, or files in STORAGE_DIR/files. Make a backup of them, then add --replace.';

async function confirm(): Promise<void> {
  const answer = await ask('yes', 'The data that are there will be lost. Type "replace" to go on');
  if (answer !== 'replace') throw new Error('Nothing was changed.');
}
