import { existsSync, readFileSync, readdirSync } from 'node:fs';

const hasProc = existsSync('/proc/self/cmdline');

/** The live process that was started with exactly this argument. */
export function findProcess(argument: string): number | undefined {
  return findProcesses(argument)[0];
}

/** The live processes that were started with exactly this argument. A zombie has no arguments and is not found. */
export function findProcesses(argument: string): number[] {
  return listProcesses().filter((pid) => isProcess(pid, argument));
}

/** Whether `pid` is (still) the process that was started with this argument: pids are used again, so never trust one alone. */
export function isProcess(pid: number, argument: string): boolean {
  if (!hasProc) {
    return ps('-p', String(pid), '-o', 'command=').includes(` ${argument}`);
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
  } catch {
    return false;
  }
}

function listProcesses(): number[] {
  const names = hasProc ? readdirSync('/proc') : ps('-ax', '-o', 'pid=').split('\n');
  return names.map(Number).filter((pid) => pid > 0);
}

function ps(...args: string[]): string {
  return Bun.spawnSync(['ps', '-ww', ...args]).stdout.toString();
}
