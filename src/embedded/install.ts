import { existsSync, readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { EmbeddedServiceError } from './errors.ts';
import { type InstallationPlan, type Machine } from './platform.ts';

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    osRelease: existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
    isRoot: process.getuid?.() === 0,
    hasCommand: (name) => Bun.which(name) !== null,
  };
}

/**
 * Carries a plan out, saying so on the log beforehand.
 * @throws EmbeddedServiceError with the one command to run when that needs a person, or when apt failed.
 */
export async function install(
  plan: InstallationPlan,
  what: string,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  if (!plan.automatic) {
    throw new EmbeddedServiceError(
      `${what} is not installed on this machine. Install it with:\n\n    ${plan.command}\n`,
    );
  }
  log.warn(`${what} is not installed on this machine; installing it now: ${plan.command}`);
  await aptGet(plan.command, 'update');
  await aptGet(plan.command, 'install', '-y', '--no-install-recommends', ...plan.packages);
}

async function aptGet(command: string, ...args: string[]): Promise<void> {
  const child = Bun.spawn(['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  });
  const [errors, exitCode] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (exitCode === 0) return;
  throw new EmbeddedServiceError(
    `apt-get ${args[0]} failed:\n${errors.trim().split('\n').slice(-5).join('\n')}\n\nPut that right and run:\n\n    ${command}\n`,
  );
}
