import type { Logger } from 'pino';
import type { Access, Permission } from './access/enforcer.ts';
import type { Sealer } from './access/sealer.ts';
import type { Sessions } from './access/sessions.ts';
import type { Tokens } from './access/tokens.ts';
import type { PanelAssets } from './admin/bundle.ts';
import type { Breakers } from './breakers.ts';
import type { Cache } from './cache/cache.ts';
import type { Config } from './config.ts';
import type { Database, DatabasePool } from './db/client.ts';
import { Closing, finished } from './db/closing.ts';
import { isRetryable } from './db/failure.ts';
import { answerOnce, type Idempotency, storedAnswer } from './db/idempotency.ts';
import type { Language } from './errors.ts';
import type { FileStore } from './files/store.ts';
import type { Counters } from './db/counters.ts';
import type { Asset } from './http/asset.ts';
import type { Metrics } from './http/metrics.ts';
import type { RateLimit } from './http/rate-limit.ts';
import type { Pace } from './pace.ts';
import type { Renderer } from './render/renderer.ts';
import type { Live } from './live/bus.ts';
import type { QueueConsole } from './queue/console.ts';
import { afterCommit, type LiveMessage, writePublished } from './live/publish.ts';
import type { Span, Tracing } from './telemetry/tracing.ts';

/** The built-in roles (contract, "Access"). */
export const ROLES = ['patient', 'therapist', 'administrator', 'supervisor', 'receptionist'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts. `patientId` / `therapistId` link an account to its record: ownership rules compare with them in SQL. */
export type UserActor = {
  kind: 'user';
  userId: number;
  sessionId: string;
  role: string;
  /** What the person may do beyond a built-in role: by a role of the clinic's own, or granted directly. */
  grants: readonly Permission[];
  isSuperuser: boolean;
  patientId: number | null;
  therapistId: number | null;
};
export type Actor = UserActor | { kind: 'system'; name: string } | { kind: 'anonymous' };

/** How far a permission reaches, as the policy file says: every record, those assigned to the actor, the actor's own. */
export type Scope = 'any' | 'assigned' | 'own';

/**
 * Password hashing, off the request thread; handed in because it is Bun's (architecture, "Edge-ready"). Both throw
 * AppError EXTERNAL_SERVICE_ERROR when too many wait already.
 */
export type Passwords = {
  hash: (password: string) => Promise<string>;
  verify: (password: string, hash: string) => Promise<boolean>;
};

/** What `main.ts`, the CLI and the worker threads hand to the code below them. */
export type Services = {
  config: Config;
  db: DatabasePool['db'];
  transact: DatabasePool['transact'];
  snapshot: DatabasePool['snapshot'];
  log: Logger;
  access: Access;
  tokens: Tokens;
  sessions: Sessions;
  counters: Counters;
  passwords: Passwords;
  sealer: Sealer;
  /** What guards the calls to the mail server, the SMS provider and the push services. */
  breakers: Breakers;
  files: FileStore;
  /** How many requests this process has begun to answer. */
  requestCount: Int32Array<SharedArrayBuffer>;
  /** How fast long lists are read. */
  pace: Pace;
  /** Renders the files that a request waits for, in threads of its own. */
  renderer: Renderer;
  metrics: Metrics;
  /** The parts that `/health/ready/` asks: each resolves to what it has to say, or rejects when it is down. */
  probes: Record<string, () => Promise<unknown>>;
  assets: { apiReference: () => Promise<Asset>; panel: () => Promise<PanelAssets> };
  /** What many ask for, until the figures change. */
  cache: Cache;
  /** Null unless traces are collected. */
  tracing: Tracing | null;
  /** What is told at once to whoever listens, on every instance. */
  live: Live;
  /** The queues and worker threads of this process; null where it has none. */
  queues: () => QueueConsole | null;
  /** Tells the outbox relay of this process that rows were committed. */
  wakeRelay: () => void;
};

/** All a verb knows: `(ctx, input) => result`. `db` is a transaction's handle inside {@link transaction}. */
export type Ctx = {
  actor: Actor;
  /** What the route's permission reaches for this actor; decided by `permit`, applied by `access/ownership.ts`. */
  scopes: readonly Scope[];
  /** Patients that are open to a therapist in an emergency, beyond those assigned (`access/emergency.ts`). */
  emergencyPatients: readonly number[];
  db: Database;
  inTransaction: boolean;
  /** What the transaction tells the listeners when it commits; see `live/publish.ts`. */
  published: LiveMessage[];
  services: Services;
  requestId: string;
  /** The step that this is part of, where traces are collected. */
  span: Span | null;
  /** The address the client asked for, absolute; lists link to their other pages with it. */
  url: string;
  ip: string | null;
  userAgent: string | null;
  now: Temporal.Instant;
  language: Language;
  ifMatch: string | null;
  idempotency: Idempotency | null;
  /** The limit that this request counted against, if any: a verb notes it, the answer's headers tell it. */
  rateLimit: RateLimit | null;
};

/** The context of work that no request asked for: jobs, commands, seeds. Its permission reaches every record. */
export const systemCtx = (
  services: Services,
  name: string,
  requestId: string = crypto.randomUUID(),
): Ctx => ({
  actor: { kind: 'system', name },
  scopes: ['any'],
  emergencyPatients: [],
  db: services.db,
  inTransaction: false,
  published: [],
  services,
  requestId,
  span: null,
  url: `http://localhost/`,
  ip: null,
  userAgent: null,
  now: Temporal.Now.instant(),
  language: 'es',
  ifMatch: null,
  idempotency: null,
  rateLimit: null,
});

const ATTEMPTS = 6;

/**
 * Runs `fn` in one transaction: all of it happens or nothing. Inside another one it joins that. Deadlocks and lock
 * time-outs are tried again with a growing, jittered pause. With an `Idempotency-Key` the result is stored with it
 * and a repeated request gets the stored one. Wakes the outbox relay after the commit. `fn` may end with a
 * {@link Closing}, whose last statements travel with the COMMIT.
 */
export async function transaction<T>(ctx: Ctx, fn: (tx: Ctx) => Promise<T | Closing<T>>): Promise<T> {
  if (ctx.inTransaction) return finished(await fn(ctx));
  const { services, idempotency } = ctx;
  for (let attempt = 1; ; attempt++) {
    const published: LiveMessage[] = [];
    try {
      const result = await services.transact(async (db) => {
        const tx: Ctx = { ...ctx, db, inTransaction: true, published };
        const ending = await (idempotency
          ? answerOnce(tx, idempotency, async () => finished(await fn(tx)))
          : fn(tx));
        return new Closing(async () => {
          const [result] = await Promise.all([finished(ending), writePublished(tx)]);
          return result;
        });
      });
      services.wakeRelay();
      afterCommit(services.live, published);
      return result;
    } catch (error) {
      if (isRetryable(error) && attempt < ATTEMPTS) {
        await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
        continue;
      }
      if (idempotency) return (await storedAnswer(ctx, idempotency, error)) as T;
      throw error;
    }
  }
}
