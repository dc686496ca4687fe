import * as v from 'valibot';

const Carrying = v.object({ traceparent: v.string() });

/** A job's payload with the step it follows from, which the job's own schema does not see. */
export const withTrace = (data: unknown, traceparent: string | null): unknown =>
  traceparent === null ? data : { ...Object(data), traceparent };

/** The step that a payload of {@link withTrace} follows from. */
export const traceOf = (data: unknown): string | null => (v.is(Carrying, data) ? data.traceparent : null);
