/** Milliseconds of work at a time, about what a request takes. */
const TURN = 10;

/** Makes a function to await between steps of work: after a turn of work it rests as long, as requests come first. */
export function rests(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    const worked = performance.now() - began;
    if (worked < TURN) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        began = performance.now();
        resolve();
      }, worked);
    });
  };
}
