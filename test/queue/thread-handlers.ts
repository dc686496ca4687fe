import { DrizzleQueryError } from 'drizzle-orm';
import type { JobHandler } from '../../src/queue/define.ts';

export const misbehave: JobHandler<{ how: 'throw' | 'reject' | 'exit' }> = async (_ctx, { how }) => {
  if (how === 'exit') process.exit(0);
  if (how === 'reject') void Promise.reject(new Error('nobody catches this'));
  else
    setTimeout(() => {
      throw new Error('nobody catches this either');
    });
  await new Promise(() => {});
};

export const write: JobHandler<{ path: string; afterMs: number }> = async (ctx, { path, afterMs }) => {
  await Bun.sleep(afterMs);
  await Bun.write(path, `${ctx.actor.kind === 'system' && ctx.actor.name} ${ctx.requestId}`);
};

export const leak: JobHandler<{ diagnosis: string }> = async (_ctx, { diagnosis }) => {
  const cause = Object.assign(new Error(`Data too long: ${diagnosis}`), {
    errno: 1406,
    code: 'ER_DATA_TOO_LONG',
  });
  throw new DrizzleQueryError('insert into histories values (?)', [diagnosis], cause);
};
