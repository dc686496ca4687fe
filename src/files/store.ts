import { mkdirSync } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** What a listing tells of a stored file. */
export type StoredFile = { key: string; size: number; modifiedAt: Temporal.Instant };

/**
 * Files that people upload or the service makes, by key: names joined by slashes, such as `photos/7/ab12.jpg`. What is
 * below `tmp/` was being written when a process died; whoever cleans may remove it after a day.
 */
export type FileStore = {
  /** Writes all of it or nothing, and takes the place of what was there; on the disk when it resolves. */
  save: (key: string, data: Blob | Uint8Array) => Promise<void>;
  /** The content, read when it is asked for; null when there is none. */
  open: (key: string) => Promise<Blob | null>;
  /** Where the file lies, in a folder that is there: for worker threads that write large files themselves. */
  path: (key: string) => string;
  /** Nothing happens when there is none. */
  remove: (key: string) => Promise<void>;
  /** The files whose key begins with `prefix`, in no order. */
  list: (prefix: string) => AsyncIterable<StoredFile>;
};

/** No name begins with a dot, so that no key leads out of the folder. */
const KEY = /^(?!.{201})\w[\w.-]*(?:\/\w[\w.-]*)*$/;

/** Files in a folder of this machine; instances on several machines need one that they share. */
export function localFiles(folder: string): FileStore {
  const root = resolve(folder);

  /** @throws Error for a key that is none: a mistake of ours, as no client names a key */
  const pathOf = (key: string): string => {
    if (!KEY.test(key)) throw new Error('not a key of a stored file');
    return join(root, key);
  };

  return {
    async save(key, data) {
      const target = pathOf(key);
      const temporary = pathOf(`tmp/${crypto.randomUUID()}`);
      await Promise.all([
        mkdir(dirname(target), { recursive: true }),
        mkdir(dirname(temporary), { recursive: true }),
      ]);
      try {
        await write(temporary, data instanceof Blob ? data : new Blob([data as Uint8Array<ArrayBuffer>]));
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await sync(dirname(target));
    },

    async open(key) {
      const file = Bun.file(pathOf(key));
      return (await file.exists()) ? file : null;
    },

    path(key) {
      const path = pathOf(key);
      mkdirSync(dirname(path), { recursive: true });
      return path;
    },

    remove: async (key) => rm(pathOf(key), { force: true }),

    async *list(prefix) {
      const start = prefix.slice(0, prefix.lastIndexOf('/') + 1).replace(/\/$/, '');
      for await (const path of filesBelow(start === '' ? root : pathOf(start))) {
        const key = relative(root, path);
        const found = key.startsWith(prefix) ? await orNull(stat(path)) : null;
        if (!found) continue;
        yield {
          key,
          size: found.size,
          modifiedAt: Temporal.Instant.fromEpochMilliseconds(Math.floor(found.mtimeMs)),
        };
      }
    },
  };
}

async function write(path: string, data: Blob): Promise<void> {
  await using file = await open(path, 'wx');
  for await (const chunk of data.stream()) await file.writeFile(chunk);
  await file.sync();
}

/** A renamed file survives a power cut once its folder is on the disk, too. */
async function sync(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await orNull(opendir(folder));
  if (!entries) return;
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** Null for what is not there, or has just been removed. */
async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
