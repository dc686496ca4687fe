import { ensureChromium } from './chromium.ts';
import { ensurePdfReader } from './pdf.ts';
import { startServices } from './services.ts';

/*
 * `bun run test [files or bun test options]`: one set of private services for all test processes, and one last line
 * with the counts. `bun test` itself works too; each process then starts services of its own.
 */

type Counts = { passed: number; failed: number };

let interrupted = false;
let tests: Bun.Subprocess | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
    tests?.kill('SIGTERM');
  });
}

const { exitCode, passed, failed } = await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return { exitCode: 1, passed: 0, failed: 1 };
});
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(interrupted ? 130 : exitCode);

async function run(args: string[]): Promise<Counts & { exitCode: number }> {
  const chromium = await ensureChromium();
  await ensurePdfReader();
  const services = await startServices();
  try {
    if (interrupted) return { exitCode: 130, passed: 0, failed: 0 };
    const child = Bun.spawn([process.execPath, 'test', '--parallel', '--timeout=30000', ...args], {
      env: {
        ...process.env,
        ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}),
        ...(chromium === undefined ? {} : { CHROMIUM_PATH: chromium }),
        TEST_DATABASE_URL: services.urls.databaseUrl,
        TEST_REDIS_URL: services.urls.redisUrl,
      },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    tests = child;
    const counts = await relay(child.stderr);
    const exitCode = await child.exited;
    // A run that failed without a failed test (no such file, a crash) still has something to count.
    return { ...counts, failed: Math.max(counts.failed, exitCode === 0 ? 0 : 1), exitCode };
  } finally {
    await services.stop();
  }
}

/** Passes the report on and reads the totals from its end. */
async function relay(report: ReadableStream<Uint8Array>): Promise<Counts> {
  const decoder = new TextDecoder();
  let end = '';
  for await (const chunk of report) {
    process.stderr.write(chunk);
    end = (end + decoder.decode(chunk, { stream: true })).slice(-4_000);
  }
  const count = (word: string) =>
    Number([...Bun.stripANSI(end).matchAll(new RegExp(`^ *(\\d+) ${word}$`, 'gm'))].at(-1)?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail') };
}
