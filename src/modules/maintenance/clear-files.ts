import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ctx } from '../../context.ts';
import type { StoredFile } from '../../files/store.ts';

/** Removes the stored files below `prefix` that are older than `before` and that nobody `needs`; returns how many. */
export async function clearFiles(
  ctx: Ctx,
  {
    prefix,
    before,
    needs = async () => new Set(),
  }: {
    prefix: string;
    before: Temporal.Instant;
    /** Of these keys, those that something still refers to. */
    needs?: (keys: string[]) => Promise<ReadonlySet<string>>;
  },
  dryRun: boolean,
): Promise<number> {
  const { files } = ctx.services;
  let cleared = 0;
  const clear = async (old: StoredFile[]) => {
    const keys = old.map(({ key }) => key);
    const needed = await needs(keys);
    for (const key of keys) {
      if (needed.has(key)) continue;
      if (!dryRun) await files.remove(key);
      cleared += 1;
    }
  };
  let batch: StoredFile[] = [];
  for await (const file of files.list(prefix)) {
    if (Temporal.Instant.compare(file.modifiedAt, before) >= 0) continue;
    batch.push(file);
    if (batch.length < BATCH) continue;
    await clear(batch);
    batch = [];
  }
  await clear(batch);
  return cleared;
}

const BATCH = 500;

/** Removes the files of a plain folder that are older than `before` and whose name `matches`; returns how many. */
export async function clearFolder(
  folder: string,
  before: Temporal.Instant,
  matches: (name: string) => boolean,
  dryRun: boolean,
): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let cleared = 0;
  for (const name of names.filter(matches)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (!found?.isFile() || found.mtimeMs >= before.epochMilliseconds) continue;
    if (!dryRun) await rm(path, { force: true });
    cleared += 1;
  }
  return cleared;
}
