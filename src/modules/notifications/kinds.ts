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

/** What becomes of a notification on one channel; `skipped`: no address for it, or switched off by the person. */
export const DELIVERY_STATES = ['queued', 'sent', 'failed', 'skipped'] as const;
