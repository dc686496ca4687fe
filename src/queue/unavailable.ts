/** The queue engine cannot be reached: nothing was enqueued for certain, try again later with the same ids. */
export class QueueUnavailable extends Error {
  constructor(engine: string, cause?: unknown) {
    super(`${engine} is not reachable`, { cause });
  }
}

/** Resolves as `work` does, or rejects as {@link QueueUnavailable} after `ms` milliseconds. */
export async function within<T>(ms: number, engine: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new QueueUnavailable(engine)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
