import type { BreakerState, Provider } from '../breakers.ts';
import type { Producer } from './port.ts';
import type { ThreadState } from './supervisor.ts';

/** What an administrator may see and do of the background of this process. */
export type QueueConsole = Pick<Producer, 'counts' | 'list' | 'retry'> & {
  threads: () => ThreadState[];
  /** Each provider's circuit, as the thread sees it that is worst off. */
  providers: () => Record<Provider, BreakerState>;
};
