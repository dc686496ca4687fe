/**
 * Turns a look-up of many keys into one of a single key: calls that arrive while a look-up is under way wait for the
 * next one, which serves all of them. A call is never answered by a look-up that began before it, so what it gets is
 * as fresh as if it had asked alone. A missing key gives null.
 */
export function batched<Value>(
  lookUp: (keys: string[]) => Promise<Map<string, Value>>,
): (key: string) => Promise<Value | null> {
  let next: { keys: Set<string>; result: Promise<Map<string, Value>> } | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const open = () => {
    const keys = new Set<string>();
    const result = running.then(() => {
      next = undefined;
      return lookUp([...keys]);
    });
    running = result.catch(() => undefined);
    return { keys, result };
  };

  return async (key) => {
    next ??= open();
    next.keys.add(key);
    return (await next.result).get(key) ?? null;
  };
}
