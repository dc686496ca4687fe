import { sql } from 'drizzle-orm';
import { createApp } from './app.ts';
import { type Background, backgroundProbes, startBackground } from './background.ts';
import { type Config, ConfigError, parseConfig } from './config.ts';
import { systemCtx } from './context.ts';
import { ensureDemo } from './demo/ensure.ts';
import { EmbeddedServiceError } from './embedded/errors.ts';
import { MULTIPART_LIMIT } from './http/body.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import { createLogger } from './services.ts';

/** Milliseconds that requests and jobs may take to finish once the process is asked to stop. */
const GRACE = 10_000;
/** Above every limit of ours (`http/body.ts` answers those): Bun's own refusal is an empty 413. */
const BUN_BODY_LIMIT = 8 * MULTIPART_LIMIT;

/** Runs the service until SIGTERM or SIGINT: stops accepting, finishes what runs, then leaves. */
export async function serve(config: Config): Promise<void> {
  const log = createLogger(config);
  let background: Background | undefined;
  const runtime: Runtime = await openRuntime(
    config,
    {
      wakeRelay: () => background?.wake(),
      probes: {
        database: async () => {
          await runtime.services.db.execute(sql`select 1`);
        },
        ...backgroundProbes(() => background),
      },
    },
    log,
  );
  if (config.embedded) await ensureDemo(systemCtx(runtime.services, 'demo'));
  background = await startBackground(runtime);

  const app = createApp(runtime.services).listen({
    port: config.port,
    hostname: config.host,
    maxRequestBodySize: BUN_BODY_LIMIT,
    idleTimeout: 120,
  });
  const address = `http://${config.host === '0.0.0.0' ? 'localhost' : config.host}:${app.server?.port ?? config.port}`;
  log.info({ address }, 'listening');
  log.flush();
  process.stdout.write(welcome(address, config));

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    const deadline = Date.now() + GRACE;
    const remaining = () => Math.max(0, deadline - Date.now());
    await Promise.race([app.server?.stop(), new Promise((resolve) => setTimeout(resolve, remaining()))]);
    await app.server?.stop(true);
    await background?.stop(remaining());
    await runtime.close();
    log.info('stopped');
    log.flush();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
}

const welcome = (address: string, config: Config): string =>
  [
    '',
    `  Backend-Optimizacion   ${address}`,
    `  Swagger UI             ${address}/swagger`,
    `  Health                 ${address}/health/ready/`,
    ...(config.embedded
      ? ['  Demo users             admin, supervisor, recepcion, terapeuta, paciente (password Demo1234!)']
      : []),
    ...(config.smtpUrl ? [] : [`  Mail is written to     ${config.storageDir}/mail/`]),
    '',
    '',
  ].join('\n');

/** Runs `work` and, when it cannot start, says why in plain lines and ends with a non-zero code. */
export async function orExplain(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError)
    return `The configuration is not usable:\n${error.problems.map((line) => `  ${line}`).join('\n')}`;
  if (error instanceof EmbeddedServiceError) return error.message;
  const { code, message } = error as Error & { code?: string };
  if (code === 'EADDRINUSE') return 'The port is in use: stop the other process or set PORT to a free one.';
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') return 'The database of DATABASE_URL does not answer.';
  return message;
}

if (import.meta.main) await orExplain(() => serve(parseConfig(process.env)));
