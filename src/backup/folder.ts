import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';

/** Puts the folder `made` in the place of `folder`; `undo` brings the former one back, `settle` removes it. */
export async function exchangeFolder(
  folder: string,
  made: string,
): Promise<{ undo: () => Promise<void>; settle: () => Promise<void> }> {
  const former = `${made}.before`;
  await move(folder, former);
  await move(made, folder);
  return {
    undo: async () => {
      await move(folder, made);
      await move(former, folder);
    },
    settle: () => rm(former, { recursive: true, force: true }),
  };
}

async function move(from: string, to: string): Promise<void> {
  if (existsSync(from)) await rename(from, to);
}

/** Whether there is anything in the folder. */
export async function hasFiles(folder: string): Promise<boolean> {
  return existsSync(folder) && (await readdir(folder)).length > 0;
}
