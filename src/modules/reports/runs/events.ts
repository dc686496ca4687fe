import { AppError } from '../../../errors.ts';
import type { Ctx } from '../../../context.ts';
import type { StreamEvent, StreamSource } from '../../../http/sse.ts';
import { channelOf } from './channel.ts';
import { findRun, runView } from './find.ts';

/**
 * A run as it is now and after every step, until it has ended: `progress`, then `done`, `failed` or `cancelled`.
 * @throws AppError NOT_FOUND
 */
export const runEvents =
  (id: number): StreamSource =>
  async (ctx, { signal }) => {
    const moves = await ctx.services.live.subscribe([channelOf(id)], { signal });
    return follow(ctx, id, await findRun(ctx, id), moves);
  };

async function* follow(
  ctx: Ctx,
  id: number,
  first: Awaited<ReturnType<typeof findRun>>,
  moves: AsyncIterable<unknown>,
): AsyncGenerator<StreamEvent> {
  const tell = (run: typeof first): StreamEvent => ({
    kind: run.status === 'done' || run.status === 'failed' ? run.status : 'progress',
    data: runView(ctx, run),
  });
  let event = tell(first);
  yield event;
  if (event.kind !== 'progress') return;
  for await (const _ of moves) {
    try {
      event = tell(await findRun(ctx, id));
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
      event = { kind: 'cancelled', data: { id } };
    }
    yield event;
    if (event.kind !== 'progress') return;
  }
}
