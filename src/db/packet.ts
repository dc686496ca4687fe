import type { Connection, QueryOptions } from 'mysql2';

type Waiting = {
  text: string;
  values: unknown[];
  isEarly: boolean;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
};

const waiting = new WeakMap<Connection, Waiting[]>();

/**
 * Runs a statement of a transaction's connection: rows come as arrays. Those that are issued at the same time, as in
 * `Promise.all`, travel to the server in one packet, in the order of the calls: one round trip instead of many, and a
 * row lock that the first takes is not held while the last one still waits its turn in this process. When one fails,
 * those after it do not run, and all of them reject: their transaction is to be rolled back. They are answered at the end
 * of the packet, but for one that `isEarly`: as soon as the next one's answer begins.
 */
export function sendTogether(
  connection: Connection,
  text: string,
  values: unknown[] = [],
  isEarly = false,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const statement = { text, values, isEarly, resolve, reject };
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
  const known = knownTo(connection);
  const made = new Set<string>();
  const parts = all.flatMap((one): Part[] => {
    if (!known || !isCallable(one)) return [one];
    const { name, text } = callOf(one.text, one.values.length);
    if (known.has(one.text) || made.has(one.text)) return [{ ...one, text }];
    made.add(one.text);
    return [
      { text: `prepare ${name} from ?`, values: [one.text] },
      { ...one, text },
    ];
  });
  const packet = {
    sql: parts.map(({ text }) => text).join(';\n'),
    values: parts.flatMap(({ values }) => values),
    rowsAsArray: true,
  };
  const settle = (error: unknown, results: unknown) => {
    if (!error) for (const text of made) known?.add(text);
    const answers = parts.length === 1 ? [results] : (results as unknown[]);
    for (const [i, { resolve, reject }] of parts.entries()) {
      if (error) reject?.(error);
      else resolve?.(answers[i]);
    }
  };
  if (all.some(({ isEarly }) => isEarly)) queryEarly(connection, packet, parts, settle);
  else connection.query(packet, settle);
}

/** As `connection.query` with the callback `settle`, but answers the early parts before. */
function queryEarly(
  connection: Connection,
  packet: QueryOptions,
  parts: readonly Part[],
  settle: (error: unknown, results: unknown) => void,
): void {
  const results: unknown[] = [];
  const fail = (error: unknown) => settle(error, undefined);
  // Where there is no callback, it is the connection that tells of its end.
  connection.on('error', fail);
  const query = connection.query(packet);
  query.on('error', fail);
  query.on('fields', (fields: unknown) => {
    const before = parts[results.length - 1];
    if (before?.isEarly) before.resolve?.(results.at(-1));
    results.push(fields === undefined ? undefined : []);
  });
  query.on('result', (result: unknown) => {
    const rows = results.at(-1);
    if (Array.isArray(rows)) rows.push(result);
    else results[results.length - 1] = result;
  });
  query.on('end', () => {
    connection.off('error', fail);
    if (results.length === parts.length) settle(null, parts.length === 1 ? results[0] : results);
  });
}

type Part = Pick<Waiting, 'text' | 'values'> & Partial<Waiting>;

/** The statements that a server keeps ready for a connection. */
const ready = new WeakMap<Connection, Set<string>>();

/**
 * MariaDB is told a statement's text once per connection and then only its values, which spares a third of what it
 * costs there: the text is not parsed again, nor its subqueries rewritten. Undefined for MySQL, whose EXECUTE takes
 * variables only.
 */
function knownTo(connection: Connection): Set<string> | undefined {
  if (!(connection as Connection & { _isMariaDB?: boolean })._isMariaDB) return undefined;
  const known = ready.get(connection) ?? new Set();
  ready.set(connection, known);
  return known;
}

/** A list stands in the text with as many values as it has, so there would be a statement for every length. */
const isCallable = ({ values }: Waiting): boolean => values.length > 0 && !values.some(Array.isArray);

const calls = new Map<string, { name: string; text: string }>();

/** A name for the statement, the same on every connection, and the text that runs it. */
function callOf(text: string, parameters: number): { name: string; text: string } {
  const known = calls.get(text);
  if (known) return known;
  const name = `s${calls.size}`;
  const call = {
    name,
    text: `execute ${name} using ${Array.from({ length: parameters }, () => '?').join(',')}`,
  };
  calls.set(text, call);
  return call;
}
