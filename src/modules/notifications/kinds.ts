/** The kinds of notification (contract, "Notifications, jobs"). */
export const KINDS = [
  'appointment_confirmation',
  'appointment_status',
  'appointment_cancellation',
  'appointment_reminder',
  'report_ready',
  'import_ready',
  'password_reset',
  'security_alert',
] as const;
export type Kind = (typeof KINDS)[number];

/** The ways a notification travels; each booking sends by all three (seed 1, "Flujo de creación de cita"). */
export const CHANNELS = ['email', 'sms', 'push'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/**
 * What nobody can switch on or off: a reset link goes to the mailbox alone, and whoever took over an account must not
 * keep its owner from hearing of it.
 */
export const FIXED_CHANNELS: Partial<Record<Kind, Partial<Record<ChannelName, boolean>>>> = {
  password_reset: { email: true, sms: false, push: false },
  security_alert: { email: true },
};

/** Whether a mail of this kind bears a link to get no more of them. */
export const canUnsubscribe = (kind: Kind): boolean => FIXED_CHANNELS[kind]?.email !== true;

/** What is as good in the morning; everything else is told at night, too. */
export const WAITS_FOR_MORNING: ReadonlySet<Kind> = new Set([
  'appointment_reminder',
  'report_ready',
  'import_ready',
]);

/** What becomes of a notification on one channel; `skipped`: no address for it, or switched off by the person. */
export const DELIVERY_STATES = ['queued', 'sent', 'failed', 'skipped'] as const;
