import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { readArchive, textOf } from './archive.ts';
import { BackupError, MANIFEST, Manifest } from './manifest.ts';

/** Reads a backup to its end and compares every entry with the manifest. @throws BackupError naming what is wrong */
export async function verifyBackup(path: string): Promise<Manifest> {
  const found = new Map<string, string>();
  let manifest: Manifest | undefined;
  for await (const { name, content } of readArchive(path)) {
    if (name === MANIFEST) {
      manifest = manifestOf(path, await textOf(content));
      continue;
    }
    const hash = createHash('sha256');
    for await (const chunk of content) hash.update(chunk);
    found.set(name, hash.digest('hex'));
  }
  if (!manifest) throw new BackupError(`${path} is no backup of this service: it has no manifest.`);
  const { entries } = manifest;
  const wrong = [...new Set([...found.keys(), ...Object.keys(entries)])].find(
    (name) => found.get(name) !== entries[name],
  );
  if (wrong !== undefined) throw new BackupError(`${path} is damaged: ${wrong} is not what was written.`);
  return manifest;
}

function manifestOf(path: string, text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BackupError(`${path} is damaged: its manifest cannot be read.`);
  }
  const parsed = v.safeParse(Manifest, json);
  if (!parsed.success)
    throw new BackupError(`${path} was made by another version of the service: its format is not known.`);
  return parsed.output;
}
