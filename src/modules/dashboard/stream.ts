import type { Ctx } from '../../context.ts';
import type { StreamEvent } from '../../http/sse.ts';
import { FIGURES } from '../reports/statistics/changed.ts';
import { readDashboard } from './read.ts';

/** Milliseconds between two dashboards at least, and, when nothing happens, at most. */
const SPACING = 500;
const SELDOM = 60_000;

/** The caller's dashboard now, and again whenever an appointment or payment has changed it. */
export async function* dashboardEvents(ctx: Ctx, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const changes = (await ctx.services.live.subscribe([FIGURES], { signal }))[Symbol.asyncIterator]();
  let told = '';
  let since = 0;
  let change = changes.next();
  while (!signal.aborted) {
    const data = await readDashboard(ctx, { since });
    const widgets = JSON.stringify(data.widgets);
    if (widgets !== told) yield { kind: 'dashboard', data };
    told = widgets;
    await sleep(SPACING, signal);
    const heard = await Promise.race([change, sleep(SELDOM, signal)]);
    if (heard?.done) return;
    if (heard) change = changes.next();
    since = Date.now() - SPACING;
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve(undefined);
  };
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end);
  return promise;
}
