import type { Passwords } from '../context.ts';
import { AppError } from '../errors.ts';

/** Hashings that may wait for one that runs: the last of them two seconds, at 80 ms each on busy cores. */
const WAITING_PER_RUNNING = 24;

/** Seconds after which a caller who was turned away may find room. */
const COME_BACK = 2;

/**
 * Lets few passwords be hashed at once, bounds how many wait, and turns the rest away: hashing takes a whole core
 * for its time, and the runtime's other work off the request thread (signatures, files, names) shares its threads.
 * Both functions throw AppError EXTERNAL_SERVICE_ERROR when too many wait.
 */
export function gated(passwords: Passwords, atOnce: number): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < atOnce) running += 1;
    else if (waiting.length >= atOnce * WAITING_PER_RUNNING)
      throw new AppError('EXTERNAL_SERVICE_ERROR', undefined, COME_BACK);
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };

  return {
    hash: (password) => through(() => passwords.hash(password)),
    verify: (password, hash) => through(() => passwords.verify(password, hash)),
  };
}
