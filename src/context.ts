import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Database } from './db/client.ts';
import type { Language } from './errors.ts';

/** The built-in roles (contract, "Access"). A custom role's name is a string like these. */
export type Role = 'patient' | 'therapist' | 'administrator' | 'supervisor' | 'receptionist';

/** Who acts. `patientId` / `therapistId` link an account to its record: ownership rules compare with them in SQL. */
export type Actor =
  | {
      kind: 'user';
      userId: number;
      sessionId: string;
      role: Role;
      isSuperuser: boolean;
      patientId: number | null;
      therapistId: number | null;
    }
  | { kind: 'system'; name: string }
  | { kind: 'anonymous' };

/** What `main.ts`, the CLI and the worker threads hand to the code below them. */
export type Services = {
  config: Config;
  /** The signing key: SECRET_KEY, or the one generated under `.data/` on the embedded default. */
  secretKey: string;
  db: Database;
  log: Logger;
};

/** All a verb knows: `(ctx, input) => result`. `db` is a transaction's handle inside {@link transaction}. */
export type Ctx = {
  actor: Actor;
  db: Database;
  services: Services;
  requestId: string;
  now: Temporal.Instant;
  language: Language;
};
