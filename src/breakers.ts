import {
  CircuitState,
  ConsecutiveBreaker,
  type CircuitBreakerPolicy,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';

/** The outside services that carry messages. */
export const PROVIDERS = ['smtp', 'sms', 'push'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** `open`: the provider is left alone; `half_open`: one call tries whether it is back. */
export type BreakerState = 'closed' | 'half_open' | 'open';

/** The provider failed too often of late and was not called. */
export class ProviderOpen extends Error {
  constructor(
    readonly provider: Provider,
    /** When it is worth asking again, in ms from now. */
    readonly retryInMs: number,
  ) {
    super(`${provider} is left alone for a while`);
  }
}

/** One circuit breaker per provider, for this process or thread. */
export type Breakers = {
  /**
   * Calls the provider unless its circuit is open. `isOutage` tells an error that says something of the provider
   * (it counts) from one that says something of the message or the recipient.
   * @throws ProviderOpen, or whatever `call` throws
   */
  call: <T>(provider: Provider, call: () => Promise<T>, isOutage: (error: unknown) => boolean) => Promise<T>;
  states: () => Record<Provider, BreakerState>;
};

/** Seed 1, "Circuit breaker": opens after so many failures in a row, tries again after so many ms. */
const FAILURES = 5;
const REST = 30_000;

const NAMES: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

type Options = {
  onChange?: (provider: Provider, state: BreakerState) => void;
  /** How long an open circuit rests, in ms. */
  restMs?: number;
};

/** Makes the breakers, all closed. */
export function createBreakers({ onChange, restMs = REST }: Options = {}): Breakers {
  const circuits = Object.fromEntries(PROVIDERS.map((provider) => [provider, circuitOf(provider)])) as Record<
    Provider,
    ReturnType<typeof circuitOf>
  >;

  function circuitOf(provider: Provider) {
    const policy: CircuitBreakerPolicy = circuitBreaker(
      handleWhen((error) => error instanceof Outage),
      { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(FAILURES) },
    );
    const circuit = { policy, openedAt: 0 };
    policy.onStateChange((state) => {
      if (state === CircuitState.Open) circuit.openedAt = Date.now();
      onChange?.(provider, NAMES[state]);
    });
    return circuit;
  }

  return {
    call: async (provider, call, isOutage) => {
      const circuit = circuits[provider];
      try {
        return await circuit.policy.execute(() =>
          call().catch((error: unknown) => {
            throw isOutage(error) ? new Outage(error) : error;
          }),
        );
      } catch (error) {
        if (error instanceof Outage) throw error.cause;
        if (!isBrokenCircuitError(error)) throw error;
        const left = circuit.openedAt + restMs - Date.now();
        throw new ProviderOpen(provider, Math.max(left, SHORTEST_WAIT));
      }
    },
    states: () =>
      Object.fromEntries(
        PROVIDERS.map((provider) => [provider, NAMES[circuits[provider].policy.state]]),
      ) as Record<Provider, BreakerState>,
  };
}

/** While the one call of a half-open circuit is under way, the others wait at least this long, in ms. */
const SHORTEST_WAIT = 1_000;

/** Marks an error that counts against the provider. */
class Outage extends Error {
  constructor(cause: unknown) {
    super('outage', { cause });
  }
}
