/** Milliseconds between two lines. */
const PAUSE = 2_000;

/** Says on standard error how far a long command is, not too often. */
export function progress(): (what: string, count: number) => void {
  let told = performance.now();
  return (what, count) => {
    if (performance.now() - told < PAUSE) return;
    told = performance.now();
    process.stderr.write(`${what}: ${count}…\n`);
  };
}

/** The time since `start` (of `performance.now`), for people. */
export const secondsSince = (start: number): string =>
  `${((performance.now() - start) / 1_000).toFixed(1)} s`;
