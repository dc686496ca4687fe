import { createClient } from 'redis';
import { authenticate, authorise } from '../../src/access/authenticate.ts';
import { permissionId } from '../../src/access/permission-id.ts';
import { redisSessions } from '../../src/access/redis-sessions.ts';
import type { Sessions } from '../../src/access/sessions.ts';
import { systemCtx, transaction } from '../../src/context.ts';
import { assignPermissions } from '../../src/modules/access/assign.ts';
import { openSession } from '../../src/modules/auth/sessions.ts';
import { startTestApp } from '../harness.ts';
import { testRedis } from '../services.ts';

/**
 * `bun run test/bench/permit.ts`: this process's CPU for one permit (token, live session, decision), with sessions in
 * the database and copied to Redis, one after the other and 32 at once, for a built-in role and for twenty grants.
 * BENCH_PERMITS (5000) can be set.
 */
const PERMITS = Number(process.env['BENCH_PERMITS'] ?? 5_000);
/** Milliseconds of CPU that a permit may cost. */
const GOAL = 0.3;

const app = await startTestApp();
const { services } = app;

const tokenOf = async (userId: number) =>
  (await transaction(systemCtx(services, 'bench'), (tx) => openSession(tx, userId))).access_token;

/** Sessions of people of one kind: each request is another person's, as in a clinic. */
async function people(grants: number[]): Promise<string[]> {
  const tokens: string[] = [];
  for (let n = 0; n < 32; n++) {
    const { userId } = await app.as('supervisor');
    if (grants.length > 0) await assignPermissions(app.ctx(), { user_id: userId, permission_ids: grants });
    tokens.push(await tokenOf(userId));
  }
  return tokens;
}

async function measure(name: string, sessions: Sessions, tokens: string[], atOnce: number): Promise<number> {
  const instance = { ...services, sessions };
  const permit = async (n: number) => {
    const actor = await authenticate(instance, `Bearer ${tokens[n % tokens.length]}`);
    authorise(systemCtx(services, 'bench'), actor, 'patients:read');
  };
  const round = async (permits: number) => {
    for (let done = 0; done < permits; done += atOnce)
      await Promise.all(Array.from({ length: atOnce }, (_, i) => permit(done + i)));
  };
  await round(PERMITS / 5);
  const [started, before] = [performance.now(), process.cpuUsage()];
  await round(PERMITS);
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1_000 / PERMITS;
  const wall = (performance.now() - started) / PERMITS;
  process.stdout.write(
    `${name.padEnd(38)}  ${cpu.toFixed(3)} ms CPU  ${wall.toFixed(3)} ms  goal < ${GOAL} ms CPU  ${cpu < GOAL ? 'ok' : 'TOO SLOW'}\n`,
  );
  return cpu;
}

try {
  const plain = await people([]);
  const granted = await people(
    services.access.permissions
      .filter((permission) => !/^(users|roles|permissions):/.test(permission))
      .slice(0, 20)
      .map(permissionId),
  );
  const redis = await createClient({ url: await testRedis() }).connect();
  const costs: number[] = [];
  for (const [where, sessions] of [
    ['database', services.sessions],
    ['Redis', redisSessions(services.db, redis)],
  ] as const) {
    for (const [who, tokens] of [
      ['a built-in role', plain],
      ['20 grants', granted],
    ] as const) {
      for (const atOnce of [1, 32])
        costs.push(await measure(`${where}, ${who}, ${atOnce} at once`, sessions, tokens, atOnce));
    }
  }
  redis.destroy();
  process.exitCode = costs.every((cost) => cost < GOAL) ? 0 : 1;
} finally {
  await app.close();
}
