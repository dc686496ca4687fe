import type { Text } from '../../../errors.ts';

/** The file as a whole cannot be imported; the reason is for the person who handed it in. */
export class BadFile extends Error {
  constructor(readonly reason: Text) {
    super('the file cannot be imported');
  }
}
