/** Sleep that can be cut short. */
export type Alarm = {
  /** Cuts short the sleep under way, or the next one, if it is wakeable. */
  ring: () => void;
  /** Cuts short every sleep, now and later. */
  end: () => void;
  ended: () => boolean;
  sleep: (ms: number, wakeable: boolean) => Promise<void>;
};

export function createAlarm(): Alarm {
  const state = { rung: false, ended: false };
  let changed = Promise.withResolvers<void>();
  const change = (to: Partial<typeof state>) => {
    Object.assign(state, to);
    changed.resolve();
    changed = Promise.withResolvers();
  };
  return {
    ring: () => change({ rung: true }),
    end: () => change({ ended: true }),
    ended: () => state.ended,
    sleep: async (ms, wakeable) => {
      const until = performance.now() + ms;
      const isOver = () => state.ended || (wakeable && state.rung);
      while (!isOver()) {
        const left = until - performance.now();
        if (left <= 0) break;
        const timer = Promise.withResolvers<void>();
        const handle = setTimeout(timer.resolve, left);
        await Promise.race([timer.promise, changed.promise]);
        clearTimeout(handle);
      }
      if (wakeable) state.rung = false;
    },
  };
}
