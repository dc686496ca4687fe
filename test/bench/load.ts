import { existsSync, readFileSync } from 'node:fs';
import autocannon from 'autocannon';

/** One request of a load; `body` makes a POST. It and `path`, which replaces the URL's, are asked anew for every request. */
export type Target = { url: string; token?: string; body?: () => unknown; path?: () => string };

/** What a load saw: answers per second that were 2xx, latencies in ms, and the processes' CPU per answer in µs. */
export type Figures = {
  rps: number;
  p50: number;
  p99: number;
  refused: number;
  serviceCpu: number;
  databaseCpu: number;
};

type Options = { connections: number; seconds: number; warmUp?: number; service: number; database: number };

/** Keeps `connections` busy with the target for `seconds`, after a warm-up of `warmUp` seconds or a third of that. */
export async function load(target: Target, options: Options): Promise<Figures> {
  await fire(target, options.connections, options.warmUp ?? Math.ceil(options.seconds / 3));
  const before = [cpuSeconds(options.service), cpuSeconds(options.database)];
  const result = await fire(target, options.connections, options.seconds);
  const after = [cpuSeconds(options.service), cpuSeconds(options.database)];
  const answers = result['2xx'] + result.non2xx;
  const [serviceCpu = 0, databaseCpu = 0] = after.map((end, i) => ((end - (before[i] ?? 0)) / answers) * 1e6);
  return {
    rps: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    refused: result.non2xx + result.errors,
    serviceCpu,
    databaseCpu,
  };
}

function fire(
  { url, token, body, path }: Target,
  connections: number,
  duration: number,
): Promise<autocannon.Result> {
  return autocannon({
    url,
    connections,
    duration,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    requests: [
      {
        method: body === undefined ? 'GET' : 'POST',
        setupRequest: (request) => ({
          ...request,
          ...(path === undefined ? {} : { path: path() }),
          ...(body === undefined ? {} : { body: JSON.stringify(body()) }),
        }),
      },
    ],
  });
}

const TICKS_PER_SECOND = 100;

/** Seconds of CPU that a process has used, all its threads; 0 where there is no /proc. */
export function cpuSeconds(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return 0;
  const fields = readFileSync(file, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
