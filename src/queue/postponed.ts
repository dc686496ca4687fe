/**
 * Thrown by a handler that cannot do its work now through no fault of its own (a provider's circuit is open, it is
 * night): the job runs again after `delayMs`, and this run does not count as an attempt.
 */
export class Postponed extends Error {
  constructor(
    readonly delayMs: number,
    /** In a few words, for the log; without personal data. */
    reason: string,
  ) {
    super(reason);
  }
}
