import { pino } from 'pino';
import { authenticate, authorise } from '../../src/access/authenticate.ts';
import { permissionId } from '../../src/access/permission-id.ts';
import { systemCtx, transaction } from '../../src/context.ts';
import { assignPermissions } from '../../src/modules/access/assign.ts';
import { openSession } from '../../src/modules/auth/sessions.ts';
import { startTestApp } from '../harness.ts';

/**
 * `bun run test/bench/permit.ts`: this process's CPU for one permit (token, live session from the database, decision),
 * one after the other and 32 at once, for a person with a built-in role and for one with grants of their own.
 * BENCH_PERMITS (5000) can be set.
 */
const PERMITS = Number(process.env['BENCH_PERMITS'] ?? 5_000);
/** Milliseconds of CPU that a permit may cost. */
const GOAL = 0.3;

const app = await startTestApp();
const { services } = app;
services.log = pino({ level: 'silent' });

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

async function measure(name: string, tokens: string[], atOnce: number): Promise<number> {
  const permit = async (n: number) => {
    const actor = await authenticate(services, `Bearer ${tokens[n % tokens.length]}`);
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
  const costs = [
    await measure('a built-in role, one at a time', plain, 1),
    await measure('a built-in role, 32 at once', plain, 32),
    await measure('20 grants, one at a time', granted, 1),
    await measure('20 grants, 32 at once', granted, 32),
  ];
  process.exitCode = costs.every((cost) => cost < GOAL) ? 0 : 1;
} finally {
  await app.close();
}
