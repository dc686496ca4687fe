import { TcpConnectionPool } from 'bunqueue/client';
import { CONNECT_PATIENCE, PRODUCER_TIMEOUT } from './limits.ts';
import { QueueUnavailable } from './unavailable.ts';

/** Where a broker listens, and the token without which it answers nothing. */
export type BrokerEndpoint = { host: string; port: number; token: string };

/** A connection that sends commands and reconnects by itself within a second of the broker's return. */
export type BrokerClient = {
  /** The broker's answer; rejects at once while there is no connection, and when the broker refuses. */
  send: (command: Record<string, unknown>) => Promise<Record<string, unknown>>;
  close: () => void;
};

/** Connects; goes on after a short while without a broker. `greet` is sent on every new connection. */
export async function connectBroker(
  endpoint: BrokerEndpoint,
  greet: Record<string, unknown>[] = [],
): Promise<BrokerClient> {
  const pool = new TcpConnectionPool({
    ...endpoint,
    poolSize: 1,
    maxReconnectDelay: 1_000,
    commandTimeout: PRODUCER_TIMEOUT,
    pingInterval: 10_000,
  });
  pool.onReconnect(() => {
    // What they set is kept by the broker, so a greeting that is lost is no loss after the first.
    void Promise.allSettled(greet.map((command) => pool.send(command)));
  });
  const connected = pool.connect().catch(() => {}); // it goes on trying, and `send` says so meanwhile
  await Promise.race([connected, Bun.sleep(CONNECT_PATIENCE)]);

  return {
    send: async (command) => {
      if (!pool.isConnected()) throw new QueueUnavailable('The queue broker');
      const answer = await pool.send(command).catch((cause: unknown) => {
        throw new QueueUnavailable('The queue broker', cause);
      });
      if (answer['ok'] !== true) {
        throw new Error(`The queue broker refused ${String(command['cmd'])}: ${String(answer['error'])}`);
      }
      return answer;
    },
    close: () => pool.close(),
  };
}
