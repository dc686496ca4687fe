/** How often a cache was asked, and how often it knew the answer, since the process started. */
export type CacheUse = { asked: number; known: number };

/** The counts of a cache that nobody has asked yet. */
export const cacheUse = (): CacheUse => ({ asked: 0, known: 0 });
