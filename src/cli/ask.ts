import { createInterface } from 'node:readline/promises';
import { UsageError } from './command.ts';

/** Asks at the terminal for an option that was not given. @throws UsageError when there is no terminal to ask at */
export async function ask(option: string, question: string): Promise<string> {
  assertTerminal(option);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await lines.question(`${question}: `)).trim();
  } finally {
    lines.close();
  }
}

/** Asks without showing what is typed. @throws UsageError when there is no terminal to ask at */
export async function askSecret(option: string, question: string): Promise<string> {
  assertTerminal(option);
  process.stdout.write(`${question}: `);
  process.stdin.setRawMode(true);
  try {
    return await typed();
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stdout.write('\n');
  }
}

const ENTER = new Set(['\r', '\n', '\u0004']);
const ERASE = new Set(['\b', '\u007f']);
const INTERRUPT = '\u0003';

async function typed(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const read = (chunk: Buffer | string) => {
    for (const key of chunk.toString()) {
      if (key === INTERRUPT) process.exit(130);
      if (ENTER.has(key)) {
        resolve(text);
        return;
      }
      text = ERASE.has(key) ? [...text].slice(0, -1).join('') : text + key;
    }
  };
  process.stdin.on('data', read).resume();
  try {
    return await promise;
  } finally {
    process.stdin.off('data', read);
  }
}

function assertTerminal(option: string): void {
  if (!process.stdin.isTTY) throw new UsageError(`--${option} is missing.`);
}
