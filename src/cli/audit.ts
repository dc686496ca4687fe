import { readFileSync } from 'node:fs';
import { verifyChain } from '../modules/audit/verify.ts';
import { defineCommand, UsageError } from './command.ts';
import { withRuntime } from './runtime.ts';

/** A chain that does not hold; the exit code tells a script. */
class BrokenChain extends Error {}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

export const command = defineCommand({
  takes: ['verify'],
  options: {
    head: {
      type: 'string',
      value: 'SEQ:HASH',
      about: 'A head noted earlier, from the log: must still be in the chain',
    },
    'old-keys': {
      type: 'string',
      value: 'FILE',
      about: 'Former SECRET_KEYs, one a line, if it was ever changed',
    },
  },
  notes:
    'Reads the audit log from end to end and says whether a row was edited, deleted, inserted or cut off since it was\nsealed; names the first one. The exit code is 1 when the chain is broken.',
  run: async (values, [what]) => {
    if (what !== 'verify') throw new UsageError(`There is no "audit ${what}".`);
    const expected = values.head === undefined ? undefined : headOf(values.head);
    const oldKeys = values['old-keys'] === undefined ? [] : linesOf(values['old-keys']);
    await withRuntime(async ({ services, secretKey }) => {
      const start = performance.now();
      const found = await verifyChain(services.db, {
        secretKeys: [secretKey, ...oldKeys],
        expected,
        onProgress: (links) => {
          if (links % 100_000 === 0) process.stderr.write(`${links} rows…\n`);
        },
      });
      const ms = performance.now() - start;
      if (found.broken) {
        const { seq, auditId, reason } = found.broken;
        throw new BrokenChain(
          `The audit log is broken at link ${seq}${auditId === null ? '' : `, row ${auditId}`}: ${reason}. ${found.links} rows before it are as they were sealed.`,
        );
      }
      process.stdout.write(
        [
          `The audit log is whole: ${found.links} rows in ${seconds(ms)} (${Math.round((found.links / ms) * 1_000)} rows/s).`,
          `Details erased by law: ${found.erased}. Waiting to be sealed: ${found.unsealed}.`,
          `Head: ${found.head.seq}:${found.head.hash}`,
          '',
        ].join('\n'),
      );
    });
  },
});

function headOf(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d+):([\da-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) throw new UsageError('A head looks like 1234:9f86d0….');
  return { seq: Number(seq), hash };
}

const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
