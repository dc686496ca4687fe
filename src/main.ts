import { sql } from 'drizzle-orm';
import { createApp } from './app.ts';
import { type Background, backgroundProbes, startBackground } from './background.ts';
import { orExplain } from './cli/explain.ts';
import { stopOnSignal } from './cli/stop.ts';
import { type Config, parseConfig } from './config.ts';
import { systemCtx } from './context.ts';
import { ensureDemo } from './demo/ensure.ts';
import { SERVER_BODY_LIMIT } from './http/body.ts';
import { describeFailure } from './queue/failure.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import { createLogger } from './services.ts';

/** Runs the service until SIGTERM or SIGINT: stops accepting, finishes what runs, then leaves. */
export async function serve(config: Config): Promise<void> {
  const log = createLogger(config);
  let background: Background | undefined;
  const runtime: Runtime = await openRuntime(
    config,
    {
      wakeRelay: () => background?.wake(),
      queues: () => background?.console ?? null,
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
    // Elysia's default lets a second service share the port unnoticed.
    reusePort: false,
    maxRequestBodySize: SERVER_BODY_LIMIT,
    idleTimeout: 120,
  });
  const address = `http://${config.host === '0.0.0.0' ? 'localhost' : config.host}:${app.server?.port ?? config.port}`;
  log.info({ address }, 'listening');
  log.flush();
  process.stdout.write(welcome(address, config));
  runtime.services.renderer
    .warm()
    .catch((error: unknown) => log.warn(describeFailure(error), 'no file could be rendered'));

  stopOnSignal(log, async (remaining) => {
    // Streams never end by themselves; the listeners go on at another instance.
    runtime.services.live.close();
    await Promise.race([app.server?.stop(), new Promise((resolve) => setTimeout(resolve, remaining()))]);
    await app.server?.stop(true);
    await background?.stop(remaining());
    await runtime.close();
  });
}

const welcome = (address: string, config: Config): string =>
  [
    '',
    `  Backend-Optimizacion   ${address}`,
    `  Administration panel   ${address}/admin/`,
    `  Swagger UI             ${address}/swagger`,
    `  Health                 ${address}/health/ready/`,
    ...(config.embedded
      ? ['  Demo users             admin, supervisor, recepcion, terapeuta, paciente (password Demo1234!)']
      : []),
    ...(config.smtpUrl ? [] : [`  Mail is written to     ${config.storageDir}/mail/`]),
    '',
    '',
  ].join('\n');

if (import.meta.main) await orExplain(() => serve(parseConfig(process.env)));
