import type { Connection } from 'mysql2';

type Waiting = {
  text: string;
  values: unknown[];
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
};

const waiting = new WeakMap<Connection, Waiting[]>();

/**
 * Runs a statement of a transaction's connection: rows come as arrays. Those that are issued at the same time, as in
 * `Promise.all`, travel to the server in one packet, in the order of the calls: one round trip instead of many, and a
 * row lock that the first takes is not held while the last one still waits its turn in this process. When one fails,
 * those after it do not run, and all of them reject: their transaction is to be rolled back.
 */
export function sendTogether(connection: Connection, text: string, values: unknown[] = []): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const statement = { text, values, resolve, reject };
    const others = waiting.get(connection);
    if (others) {
      others.push(statement);
      return;
    }
    const all: Waiting[] = [statement];
    waiting.set(connection, all);
    queueMicrotask(() => flush(connection));
  });
}

/** From now on, whatever else the connection is asked for goes behind the statements that wait for their packet. */
export function keepOrder(connection: Connection): void {
  // All that mysql2 sends passes here, which its types do not tell.
  const driver = connection as Connection & { addCommand: (command: unknown) => unknown };
  const { addCommand } = driver;
  driver.addCommand = (command) => {
    flush(connection);
    return addCommand.call(connection, command);
  };
}

function flush(connection: Connection): void {
  const all = waiting.get(connection);
  if (!all) return;
  waiting.delete(connection);
  const packet = {
    sql: all.map(({ text }) => text).join(';\n'),
    values: all.flatMap(({ values }) => values),
    rowsAsArray: true,
  };
  connection.query(packet, (error: unknown, results: unknown) => {
    const answers = all.length === 1 ? [results] : (results as unknown[]);
    for (const [i, { resolve, reject }] of all.entries()) {
      if (error) reject(error);
      else resolve(answers[i]);
    }
  });
}
