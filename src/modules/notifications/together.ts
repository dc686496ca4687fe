import type { Ctx, Services } from '../../context.ts';

type Waiting<Item, Result> = {
  ctx: Ctx;
  item: Item;
  answer: PromiseWithResolvers<Result>;
};

/** How long a call waits for others to share it when the last one was shared, in ms. */
const LINGER = 5;

/** The most that one call does, so that its transaction and its packet stay small. */
const MOST = 64;

/**
 * Does for many jobs at once what each would do by itself: what is asked in one turn of the event loop, or while a call
 * of `work` is under way, goes into the next call. In a rush that waits a moment longer, for a call costs about as much
 * for many as for one; who is alone does not wait. `work` gets the context of one of those who ask, and answers in the
 * order of the items. When it fails, each item is done by itself, so that one that cannot be done spoils no other.
 * For use outside transactions.
 */
export function together<Item, Result>(
  work: (ctx: Ctx, items: readonly Item[]) => Promise<readonly Result[]>,
): (ctx: Ctx, item: Item) => Promise<Result> {
  const queues = new WeakMap<Services, Waiting<Item, Result>[]>();

  /** Whether the last call was for several: then there is more to come. */
  let isRush = false;

  const attempt = async (batch: readonly Waiting<Item, Result>[]): Promise<void> => {
    const [first] = batch;
    if (!first) return;
    try {
      const items = batch.map(({ item }) => item);
      const results = await work(first.ctx, items);
      if (results.length !== batch.length) throw new Error('an answer for each item is missing');
      results.forEach((result, i) => batch[i]?.answer.resolve(result));
    } catch (error) {
      if (batch.length === 1) first.answer.reject(error);
      else for (const one of batch) await attempt([one]);
    }
  };
  const drain = async (services: Services, queue: Waiting<Item, Result>[]): Promise<void> => {
    while (queue.length > 0) {
      await new Promise<void>((resolve) => {
        if (isRush) setTimeout(resolve, LINGER);
        else setImmediate(resolve);
      });
      const batch = queue.splice(0, MOST);
      isRush = batch.length > 1;
      await attempt(batch);
    }
    queues.delete(services);
  };

  return (ctx, item) => {
    const answer = Promise.withResolvers<Result>();
    const one = { ctx, item, answer };
    const queue = queues.get(ctx.services);
    if (queue) queue.push(one);
    else {
      const fresh = [one];
      queues.set(ctx.services, fresh);
      void drain(ctx.services, fresh);
    }
    return answer.promise;
  };
}
