import * as v from 'valibot';
import { defineJob } from '../../queue/define.ts';

/** A request for a reset link; `userId` is null when nobody with an account asked: then there is nothing to do. */
export const ResetRequest = v.object({
  userId: v.nullable(v.number()),
  /** The token is derived from it and the service's key, so that a repeated run mails the same link. */
  nonce: v.pipe(v.string(), v.uuid()),
  /** Epoch milliseconds. */
  requestedAt: v.number(),
});
export type ResetRequest = v.InferOutput<typeof ResetRequest>;

/** What an account's owner is told of, whoever did it. */
export const SECURITY_EVENTS = [
  'password_changed',
  'password_reset',
  'two_factor_enabled',
  'two_factor_disabled',
  'recovery_code_used',
] as const;
export type SecurityEvent = (typeof SECURITY_EVENTS)[number];

export const SecurityAlert = v.object({
  userId: v.number(),
  event: v.picklist(SECURITY_EVENTS),
  /** Epoch milliseconds. */
  at: v.number(),
  ip: v.nullable(v.string()),
  device: v.nullable(v.string()),
});
export type SecurityAlert = v.InferOutput<typeof SecurityAlert>;

/** Mails a link to choose a new password. */
export const sendPasswordReset = defineJob({
  name: 'send-password-reset',
  queue: 'notifications',
  data: ResetRequest,
  handler: () => import('./send-password-reset.ts'),
});

/** Tells a person that something about the safety of their account has changed. */
export const sendSecurityAlert = defineJob({
  name: 'send-security-alert',
  queue: 'notifications',
  data: SecurityAlert,
  handler: () => import('./send-security-alert.ts'),
});
