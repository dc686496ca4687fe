/** How long the engines remember finished jobs: an id is not run twice within this, and the store stays bounded. */
export const KEEP = { completedMs: 24 * 60 * 60 * 1_000, completedCount: 5_000, failedCount: 5_000 };

/** The port's priority of a job that states none; a smaller number is more urgent. */
export const NORMAL_PRIORITY = 10;

/** A job that takes its consumer down this often is a poison and goes to failed. */
export const MAX_STALLS = 3;

/** How long a producer waits for the engine before it says that it is unreachable, in ms. */
export const PRODUCER_TIMEOUT = 5_000;

/** How long a producer waits for its first connection before it goes on without one, in ms. */
export const CONNECT_PATIENCE = 2_000;

/** Milliseconds before attempt number `failed + 1`: `delay`, 2·`delay`, … at most `max` (seed 1, "Reintentos"). */
export function retryDelay(backoff: { delay: number; max: number }, failed: number): number {
  return Math.min(backoff.delay * 2 ** (failed - 1), backoff.max);
}
