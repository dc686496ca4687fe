/**
 * Lets calls with the same key share one run: those that arrive while a run is under way are served by the next one
 * together. A call is never answered by a run that began before it, so what it gets is as fresh as a run of its own.
 * The result belongs to all who get it: nobody may change it.
 */
export function shared<Value>(): (key: string, run: () => Promise<Value>) => Promise<Value> {
  type Runs = { running: Promise<unknown>; next: Promise<Value> | undefined };
  const byKey = new Map<string, Runs>();

  const start = (key: string, run: () => Promise<Value>): Promise<Value> => {
    const result = run();
    const runs: Runs = { running: result, next: undefined };
    byKey.set(key, runs);
    const ended = () => {
      if (runs.next === undefined) byKey.delete(key);
    };
    result.then(ended, ended);
    return result;
  };

  return (key, run) => {
    const runs = byKey.get(key);
    if (!runs) return start(key, run);
    const again = () => start(key, run);
    return (runs.next ??= runs.running.then(again, again));
  };
}
