/** Polls until `check` returns something true, and returns it. @throws after `ms`, naming what it waited for. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  ms = 10_000,
): Promise<Exclude<T, undefined | null | false>> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (isThere(value)) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for: ${what}`);
    await Bun.sleep(15);
  }
}

const isThere = <T>(value: T): value is Exclude<T, undefined | null | false> => Boolean(value);
