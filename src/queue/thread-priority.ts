import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

const NICE = 10;

/** Lets requests go first: lowers the calling thread alone, where the system has priorities per thread (Linux). */
export function yieldToRequests(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    Bun.gc(true); // starts the collector's helper threads, which serve requests too and would inherit our priority
    if (thread > 0) setPriority(thread, NICE);
  } catch {
    // Elsewhere all threads are equal.
  }
}
