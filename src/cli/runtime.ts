import { pino, type Logger } from 'pino';
import { createApp } from '../app.ts';
import { type Config, parseConfig } from '../config.ts';
import type { Services } from '../context.ts';
import { connectDatabase } from '../db/client.ts';
import { openRuntime, type Runtime } from '../runtime.ts';
import { createServices } from '../services.ts';

/** A log for someone at a terminal: plain lines on standard error, so that standard output is the command's own. */
export const commandLog = (level: 'info' | 'warn' = 'warn'): Logger =>
  pino({ level, base: null, timestamp: false }, { write: (line) => process.stderr.write(plainLine(line)) });

function plainLine(json: string): string {
  const { level: _level, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const details = Object.entries(fields).map(([name, value]) => `${name} ${textOf(value)}`);
  return `${String(msg)}${details.length > 0 ? ` (${details.join(', ')})` : ''}\n`;
}

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'message' in value ? String(value.message) : String(value);

/**
 * Runs `work` on the configured database, or on the embedded one, whether or not the service runs on it too. With
 * Redis only for a command that closes sessions, whose copies are there.
 */
export async function withRuntime(
  work: (runtime: Runtime) => Promise<void>,
  log: Logger = commandLog(),
  { redis = false }: { redis?: boolean } = {},
): Promise<void> {
  const config = parseConfig(process.env);
  // The embedded database is released by an `exit` handler, which a signal alone does not run.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const runtime = await openRuntime({ ...config, redisUrl: redis ? config.redisUrl : undefined }, {}, log);
  try {
    await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** The app and its services without any connection: enough to read what routes there are. */
export async function offlineApp(
  config: Config,
): Promise<{ app: ReturnType<typeof createApp>; services: Services }> {
  const services = await createServices({
    config: { ...config, allowedHosts: ['localhost'] },
    log: commandLog(),
    pool: connectDatabase('mysql://nobody@localhost/none', 1),
    secretKey: crypto.randomUUID(),
  });
  return { app: createApp(services), services };
}
