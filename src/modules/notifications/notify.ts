import type { Ctx } from '../../context.ts';
import type { JobRun } from '../../queue/define.ts';
import { Postponed } from '../../queue/postponed.ts';
import { deliver, type Outcome } from './deliver.ts';
import { WAITS_FOR_MORNING } from './kinds.ts';
import { quietUntil } from './quiet-hours.ts';
import { type Notice, record } from './record.ts';

/**
 * Records the notices, once however often their job runs, and sends what of them is still to be sent.
 * @throws Postponed while a person is not to be disturbed, a provider is left alone, or another run is at it; Error
 * when anything is left to be sent, so that the queue calls again
 */
export async function notify(ctx: Ctx, run: JobRun, notices: readonly Notice[]): Promise<void> {
  const quiet = notices.flatMap((notice) => quietTime(ctx, notice) ?? []);
  const recorded = await record(
    ctx,
    run.id,
    notices.filter((notice) => quietTime(ctx, notice) === null),
  );
  settle([...quiet, ...(await deliver(ctx, run, recorded, quiet.length > 0))]);
}

function quietTime(ctx: Ctx, { kind, recipient, usefulUntil }: Notice): Outcome | null {
  if (!WAITS_FOR_MORNING.has(kind)) return null;
  const morning = quietUntil(recipient.quietHours, ctx.now, ctx.services.config.timeZone);
  if (morning === null) return null;
  // Too late is worse than at night.
  if (usefulUntil && Temporal.Instant.compare(morning, usefulUntil) > 0) return null;
  return { kind: 'wait', ms: ctx.now.until(morning).total('milliseconds'), reason: 'quiet hours' };
}

function settle(outcomes: readonly Outcome[]): void {
  const waiting = outcomes
    .filter((outcome) => outcome.kind === 'wait')
    .toSorted((one, other) => one.ms - other.ms);
  const [first] = waiting;
  if (first) throw new Postponed(first.ms, first.reason);
  const left = outcomes.filter(({ kind }) => kind === 'again').length;
  if (left > 0) throw new Error(`${left} of ${outcomes.length} deliveries did not succeed`);
}
