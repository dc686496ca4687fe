import type { Config } from '../config.ts';
import type { Services } from '../context.ts';
import { patiently } from '../patience.ts';

/**
 * A worker's health for whoever watches over it, at any path of WORKER_HEALTH_PORT: 200 while all its parts answer,
 * 503 otherwise, and what each of them says. Undefined without that setting: a worker listens to nobody then.
 */
export function serveHealth({ workerHealthPort, host }: Config, probes: Services['probes']) {
  if (workerHealthPort === undefined) return undefined;
  return Bun.serve({
    port: workerHealthPort,
    hostname: host,
    fetch: async () => {
      const names = Object.keys(probes);
      const answers = await Promise.allSettled(Object.values(probes).map(patiently));
      const checks = names.map((name, i) => {
        const answer = answers[i];
        return [name, answer?.status === 'fulfilled' ? { ok: true, detail: answer.value } : { ok: false }];
      });
      const ready = answers.every(({ status }) => status === 'fulfilled');
      const body = { status: ready ? 'ready' : 'unavailable', checks: Object.fromEntries(checks) };
      return Response.json(body, { status: ready ? 200 : 503 });
    },
  });
}
