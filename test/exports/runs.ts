import { systemCtx } from '../../src/context.ts';
import { handle } from '../../src/modules/reports/runs/make-report.ts';
import type { TestApp } from '../harness.ts';

type Options = { attempt?: number; progress?: (percent: number) => Promise<void>; signal?: AbortSignal };

/** One attempt of the job that makes a report, as the consumer makes it; resolves to the error or null. */
export async function makeRun(
  { services }: TestApp,
  runId: number,
  { attempt = 1, progress = async () => undefined, signal = new AbortController().signal }: Options = {},
): Promise<Error | null> {
  const run = { id: `run-${runId}`, attempt, maxAttempts: 3, signal, progress };
  try {
    await handle(systemCtx(services, 'make-report'), { runId }, run);
    return null;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
