import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../../config.ts';

/** In place of a provider that is not configured: the message as a file in the storage folder. Returns its name. */
export async function writeMessageFile(
  { storageDir }: Pick<Config, 'storageDir'>,
  folder: 'mail' | 'sms',
  { key, extension, content }: { key: string; extension: string; content: string | Uint8Array },
): Promise<string> {
  const directory = join(storageDir, folder);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  const name = `${time}_${key}.${extension}`;
  const half = join(directory, `.${name}.part`);
  await writeFile(half, content, { mode: 0o600 });
  await rename(half, join(directory, name));
  return name;
}
