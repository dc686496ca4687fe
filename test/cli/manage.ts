import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a command said and how it ended. */
export type Ending = { code: number; out: string; err: string };

type Settings = { env?: Record<string, string>; cwd?: string; input?: string };

/** Starts `bun run manage <args>` with nothing of this process' environment but PATH, HOME and what a database needs. */
export function startCommand(args: string[], { env = {}, cwd = ROOT, input }: Settings = {}) {
  return Bun.spawn([process.execPath, `${cwd}/src/cli.ts`, ...args], {
    cwd,
    stdio: [input === undefined ? 'ignore' : new Blob([input]), 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
}

/** Runs a command to its end. */
export async function manage(args: string[], settings: Settings = {}): Promise<Ending> {
  const child = startCommand(args, settings);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

/** The settings of a service on that database. */
export const onDatabase = (url: string): Record<string, string> => ({
  DATABASE_URL: url,
  SECRET_KEY: 'a key for tests only, of 32 characters or more',
  STORAGE_DIR: '/tmp/clinic-cli-tests',
});
