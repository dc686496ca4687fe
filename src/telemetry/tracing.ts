import type { Config } from '../config.ts';

/** What a span says beside its name: numbers and words of ours, never anything about a person. */
export type Attributes = Record<string, string | number | boolean>;

/** One step of a piece of work, from its start to `end`. */
export type Span = {
  /** Names the step for those that follow from it, in another process, too (W3C Trace Context). */
  traceparent: string;
  rename: (name: string) => void;
  /** `failed` says that it did not come to a good end. */
  end: (attributes?: Attributes, failed?: boolean) => void;
};

/** `server`: somebody asked; `consumer`: a job was taken; `client`: somebody else is asked. */
export type SpanKind = 'server' | 'consumer' | 'client';

/** Follows a piece of work from the request through the outbox to the job and its deliveries. */
export type Tracing = {
  /** `parent` is a traceparent; without a valid one a trace begins. */
  start: (
    name: string,
    options: { kind: SpanKind; parent?: string | null | undefined; attributes?: Attributes },
  ) => Span;
  /** Sends what is left. */
  close: () => Promise<void>;
};

/** Null, and nothing is loaded, unless OTEL_EXPORTER_OTLP_ENDPOINT says where spans go. */
export async function openTracing({
  otlpEndpoint,
  otlpServiceName,
}: Pick<Config, 'otlpEndpoint' | 'otlpServiceName'>): Promise<Tracing | null> {
  if (otlpEndpoint === undefined) return null;
  const { otlpTracing } = await import('./otlp.ts');
  return otlpTracing(otlpEndpoint, otlpServiceName);
}
