import type { Live } from '../../live/bus.ts';
import { FIGURES } from '../reports/statistics/changed.ts';

/** Calls `drop` after every change of an appointment or of the ledger that commits from now on, on any instance. */
export async function listenToFigures(
  live: Live,
  { drop, lost }: { drop: () => void; lost: () => void },
): Promise<void> {
  const changes = await live.subscribe([FIGURES], { signal: new AbortController().signal });
  const follow = async () => {
    for await (const _ of changes) drop();
  };
  follow().then(lost, lost);
}
