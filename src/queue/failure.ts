import { DrizzleQueryError } from 'drizzle-orm';
import * as v from 'valibot';

/** What may be kept and shown of an error: a payload, or a query with its parameters, may hold a patient's data. */
export type Failure = { reason: string; stack: string };

const LONGEST_REASON = 500;

const DriverError = v.object({ errno: v.fallback(v.number(), 0), code: v.fallback(v.string(), '') });

/** Describes an error without any value that it carries. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { reason: 'A value that is no error was thrown', stack: '' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { reason: reasonOf(error).slice(0, LONGEST_REASON), stack: frames.join('\n') };
}

function reasonOf(error: Error): string {
  if (v.isValiError(error)) {
    const places = error.issues.map((issue) => v.getDotPath(issue) ?? 'payload');
    return `Invalid payload: ${[...new Set(places)].join(', ')}`;
  }
  if (error instanceof DrizzleQueryError) {
    const { errno, code } = v.parse(DriverError, error.cause ?? {});
    return `Database error ${errno} ${code}`.trim();
  }
  return error.message === '' ? error.name : error.message;
}
