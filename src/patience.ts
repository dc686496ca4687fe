/** Milliseconds that a part of the service may take to answer before it counts as down. */
const PATIENCE = 2_000;

/** What `ask` resolves to. @throws when it does not answer in time, or rejects */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('timed out')), PATIENCE);
  try {
    return await Promise.race([ask(), late]);
  } finally {
    clearTimeout(timer);
  }
}
