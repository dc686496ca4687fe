import * as v from 'valibot';

/** A start that cannot go on: `problems` holds one line per bad or missing setting, for the operator. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
const flag = v.pipe(
  v.picklist(['true', 'false', 'True', 'False', '1', '0', 'yes', 'no'], 'use true or false'),
  v.transform((value) => ['true', '1', 'yes'].includes(value.toLowerCase())),
);
const integer = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, 'use a whole number'),
    v.transform(Number),
    v.minValue(min, `use a number from ${min} to ${max}`),
    v.maxValue(max, `use a number from ${min} to ${max}`),
  );
const list = v.pipe(
  v.string(),
  v.transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  ),
);
const url = (protocols: string[], example: string) =>
  v.pipe(
    text,
    v.check((value) => {
      const parsed = URL.parse(value);
      return parsed !== null && protocols.includes(parsed.protocol);
    }, `use a URL such as ${example}`),
  );
const origins = v.pipe(
  list,
  v.check(
    (values) => values.every((value) => URL.parse(value)?.origin === value),
    'use a comma-separated list of origins such as https://clinic.example (no path)',
  ),
);
const timeZone = v.pipe(
  text,
  v.check((value) => {
    try {
      Temporal.Now.zonedDateTimeISO(value);
      return true;
    } catch {
      return false;
    }
  }, 'use an IANA time zone such as America/Lima'),
);

const Environment = v.object({
  DATABASE_URL: v.optional(url(['mysql:', 'mariadb:'], 'mysql://user:password@localhost:3306/clinic')),
  DATABASE_POOL_SIZE: v.optional(integer(1, 500), '10'),
  REDIS_URL: v.optional(url(['redis:', 'rediss:'], 'redis://localhost:6379/0')),
  SECRET_KEY: v.optional(v.pipe(text, v.minLength(32, 'use at least 32 characters'))),
  DEBUG: v.optional(flag, 'false'),
  HOST: v.optional(text, '127.0.0.1'),
  PORT: v.optional(integer(0, 65_535), '8000'),
  PUBLIC_URL: v.optional(url(['http:', 'https:'], 'https://clinic.example')),
  ALLOWED_HOSTS: v.optional(list, 'localhost,127.0.0.1,[::1]'),
  CORS_ALLOWED_ORIGINS: v.optional(origins, ''),
  CSRF_TRUSTED_ORIGINS: v.optional(origins, ''),
  TRUST_PROXY: v.optional(flag, 'false'),
  CLINIC_TIMEZONE: v.optional(timeZone, 'America/Lima'),
  CLINIC_NAME: v.optional(text, 'Centro de Reflexología y Terapias'),
  CANCELLATION_WINDOW_HOURS: v.optional(integer(0, 720), '2'),
  LOG_LEVEL: v.optional(v.picklist(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info'),
  LOG_FILE: v.optional(text),
  SMTP_URL: v.optional(url(['smtp:', 'smtps:'], 'smtp://user:password@mail.example:587')),
  MAIL_FROM: v.optional(text, 'Clínica <no-reply@localhost>'),
  SMS_BASE_URL: v.optional(url(['http:', 'https:'], 'https://api.twilio.com')),
  SMS_ACCOUNT_SID: v.optional(text),
  SMS_AUTH_TOKEN: v.optional(text),
  SMS_FROM: v.optional(text),
  SMS_COUNTRY_CODE: v.optional(
    v.pipe(text, v.regex(/^[1-9]\d{0,2}$/, 'use a country code such as 51')),
    '51',
  ),
  VAPID_PUBLIC_KEY: v.optional(text),
  VAPID_PRIVATE_KEY: v.optional(text),
  VAPID_SUBJECT: v.optional(text, 'mailto:admin@localhost'),
  METRICS_TOKEN: v.optional(text),
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(url(['http:', 'https:'], 'http://localhost:4318')),
  OTEL_SERVICE_NAME: v.optional(text, 'clinic'),
  STORAGE_DIR: v.optional(text, '.data'),
  NOTIFICATION_THREADS: v.optional(integer(0, 16), '2'),
  NOTIFICATION_CONCURRENCY: v.optional(integer(1, 64), '64'),
  EXPORT_THREADS: v.optional(integer(0, 16), '2'),
  EXPORT_CONCURRENCY: v.optional(integer(1, 64), '1'),
  IMPORT_THREADS: v.optional(integer(0, 16), '1'),
  IMPORT_CONCURRENCY: v.optional(integer(1, 64), '4'),
  CLEANUP_THREADS: v.optional(integer(0, 16), '1'),
  CLEANUP_CONCURRENCY: v.optional(integer(1, 64), '4'),
  WORKER_HEALTH_PORT: v.optional(integer(1, 65_535)),
});

const together = (env: Record<string, unknown>, names: string[]): string[] => {
  const present = names.filter((name) => env[name] !== undefined);
  if (present.length === 0 || present.length === names.length) return [];
  return names
    .filter((name) => env[name] === undefined)
    .map((name) => `${name}: is missing (${present.join(', ')} needs it)`);
};

/** Everything the environment decides, read once at the start; `embedded` means no DATABASE_URL was given. */
export type Config = ReturnType<typeof parseConfig>;

/**
 * Reads and checks the environment (contract, "Configuration").
 * @throws ConfigError with one line per problem, never with a secret's value.
 */
export function parseConfig(env: Record<string, string | undefined>) {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = v.safeParse(Environment, given);
  const problems = (parsed.issues ?? []).map(
    (issue) => `${v.getDotPath(issue) ?? 'environment'}: ${issue.message}`,
  );
  problems.push(
    ...together(given, ['SMS_ACCOUNT_SID', 'SMS_AUTH_TOKEN', 'SMS_FROM']),
    ...together(given, ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY']),
  );
  if (given['DATABASE_URL'] !== undefined && given['SECRET_KEY'] === undefined) {
    problems.push(
      'SECRET_KEY: is missing (DATABASE_URL is set, so nothing generates one; try `openssl rand -hex 32`)',
    );
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);

  const e = parsed.output;
  return Object.freeze({
    embedded: e.DATABASE_URL === undefined,
    databaseUrl: e.DATABASE_URL,
    databasePoolSize: e.DATABASE_POOL_SIZE,
    redisUrl: e.REDIS_URL,
    secretKey: e.SECRET_KEY,
    debug: e.DEBUG,
    host: e.HOST,
    port: e.PORT,
    publicUrl: e.PUBLIC_URL?.replace(/\/+$/, ''),
    allowedHosts: e.ALLOWED_HOSTS,
    corsOrigins: e.CORS_ALLOWED_ORIGINS,
    csrfTrustedOrigins: e.CSRF_TRUSTED_ORIGINS,
    trustProxy: e.TRUST_PROXY,
    timeZone: e.CLINIC_TIMEZONE,
    clinicName: e.CLINIC_NAME,
    cancellationWindowHours: e.CANCELLATION_WINDOW_HOURS,
    logLevel: e.LOG_LEVEL,
    logFile: e.LOG_FILE,
    smtpUrl: e.SMTP_URL,
    mailFrom: e.MAIL_FROM,
    sms:
      e.SMS_ACCOUNT_SID && e.SMS_AUTH_TOKEN && e.SMS_FROM
        ? {
            baseUrl: e.SMS_BASE_URL ?? 'https://api.twilio.com',
            accountSid: e.SMS_ACCOUNT_SID,
            authToken: e.SMS_AUTH_TOKEN,
            from: e.SMS_FROM,
          }
        : undefined,
    smsCountryCode: e.SMS_COUNTRY_CODE,
    vapid:
      e.VAPID_PUBLIC_KEY && e.VAPID_PRIVATE_KEY
        ? { publicKey: e.VAPID_PUBLIC_KEY, privateKey: e.VAPID_PRIVATE_KEY, subject: e.VAPID_SUBJECT }
        : undefined,
    metricsToken: e.METRICS_TOKEN,
    otlpEndpoint: e.OTEL_EXPORTER_OTLP_ENDPOINT,
    otlpServiceName: e.OTEL_SERVICE_NAME,
    storageDir: e.STORAGE_DIR,
    /** Worker threads of this process by queue, and how many jobs each of them runs at a time. */
    workers: {
      notifications: { threads: e.NOTIFICATION_THREADS, concurrency: e.NOTIFICATION_CONCURRENCY },
      exports: { threads: e.EXPORT_THREADS, concurrency: e.EXPORT_CONCURRENCY },
      imports: { threads: e.IMPORT_THREADS, concurrency: e.IMPORT_CONCURRENCY },
      cleanup: { threads: e.CLEANUP_THREADS, concurrency: e.CLEANUP_CONCURRENCY },
    },
    /** Where `manage worker` tells its health. */
    workerHealthPort: e.WORKER_HEALTH_PORT,
  });
}
