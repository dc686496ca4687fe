import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { localFiles } from '../files/store.ts';
import { exchangeFolder, hasFiles } from './folder.ts';
import { assertKnown, load } from './load.ts';
import type { Manifest } from './manifest.ts';
import { beside, inPlace, isUnused } from './target.ts';

type Place = { databaseUrl: string; storageDir: string };
type Options = { log: Pick<Logger, 'info' | 'warn'>; onProgress: (table: string, rows: number) => void };

const filesOf = ({ storageDir }: Place) => join(storageDir, 'files');

/** Whether a restore would take the place of somebody's data. @throws BackupError when the database is not ours */
export const isInUse = async (place: Place): Promise<boolean> =>
  !(await isUnused(place.databaseUrl)) || (await hasFiles(filesOf(place)));

/**
 * Puts the backup in the place of what is there: all of it, or what was there stays. An interrupted restore leaves a
 * database `<name>_restored_…` or a folder `files.restoring-…` that may be removed.
 */
export async function restore(
  backup: { path: string; manifest: Manifest },
  place: Place,
  { log, onProgress }: Options,
): Promise<void> {
  assertKnown(backup.manifest);
  const { databaseUrl } = place;
  const folder = filesOf(place);
  const made = `${folder}.restoring-${crypto.randomUUID().slice(0, 8)}`;
  const target = await ((await isUnused(databaseUrl)) ? inPlace : beside)(databaseUrl);
  let exchange: Awaited<ReturnType<typeof exchangeFolder>> | undefined;
  try {
    await load(backup, { url: target.url, files: localFiles(made), log, onProgress });
    exchange = await exchangeFolder(folder, made);
    await target.keep();
  } catch (error) {
    await exchange?.undo();
    await target.discard();
    await rm(made, { recursive: true, force: true });
    throw error;
  }
  await target.settle();
  await exchange.settle();
}
