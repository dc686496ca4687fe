import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import tar from 'tar-stream';
import { BackupError } from './manifest.ts';

/** One entry of an archive; its content is read before the next entry comes. */
export type Entry = { name: string; content: AsyncIterable<Uint8Array> };

/** Adds an entry and returns the SHA-256 of its content. */
export type Add = (name: string, content: Blob) => Promise<string>;

/** Fast: a higher level takes twice the time for a tenth less. */
const LEVEL = 3;

/**
 * Writes a compressed tar, for this user's eyes only: all of it, or no file.
 * @throws BackupError when there is a file of that name
 */
export async function writeArchive(path: string, fill: (add: Add) => Promise<void>): Promise<void> {
  if (existsSync(path)) throw new BackupError(`${path} is there already.`);
  const unfinished = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  const removeUnfinished = () => rmSync(unfinished, { force: true });
  process.once('exit', removeUnfinished);
  try {
    const pack = tar.pack();
    const written = pipeline(
      pack,
      createGzip({ level: LEVEL }),
      createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }),
    );
    const filled = fill((name, content) => addTo(pack, name, content)).then(() => pack.finalize());
    filled.catch((error: Error) => pack.destroy(error));
    await Promise.all([filled, written]);
    await using file = await open(unfinished, 'r');
    await file.sync();
    await rename(unfinished, path);
  } finally {
    process.off('exit', removeUnfinished);
    removeUnfinished();
  }
}

async function addTo(pack: tar.Pack, name: string, content: Blob): Promise<string> {
  const hash = createHash('sha256');
  const { promise: added, resolve, reject } = Promise.withResolvers<void>();
  const entry = pack.entry({ name, size: content.size, mode: 0o600 }, (error) =>
    error ? reject(error) : resolve(),
  );
  const hashed = async function* () {
    for await (const chunk of content.stream()) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await Promise.all([pipeline(Readable.from(hashed()), entry), added]);
  return hash.digest('hex');
}

/** The entries of an archive, in order. @throws BackupError when the file cannot be read to its end */
export async function* readArchive(path: string): AsyncGenerator<Entry> {
  const extract = tar.extract();
  const fed = pipeline(createReadStream(path), createGunzip(), extract);
  // Whoever reads `extract` or an entry of it gets the same error.
  fed.catch(() => undefined);
  for await (const entry of explained(path, extract))
    yield { name: entry.header.name, content: explained(path, entry) };
  await fed;
}

async function* explained<T>(path: string, source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    if (!(error instanceof Error) || !isDamage(error)) throw error;
    throw new BackupError(`${path} is damaged or not a backup (${error.message}).`, { cause: error });
  }
}

/** Of zlib, whose codes begin with Z_, or of the tar. */
const isDamage = (error: Error & { code?: string }): boolean =>
  error.code?.startsWith('Z_') === true || /tar|end of (?:data|file)|unexpected/i.test(error.message);

/** The whole content of an entry, as text. */
export async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
