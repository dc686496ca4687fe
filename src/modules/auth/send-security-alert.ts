import type { JobHandler } from '../../queue/define.ts';
import { securityAlert } from '../notifications/messages/security-alert.ts';
import { namedConfig } from '../notifications/brand.ts';
import { notify } from '../notifications/notify.ts';
import { userRecipient } from '../notifications/recipients.ts';
import type { SecurityAlert } from './jobs.ts';
import { recoveryCodesLeft } from './recovery-codes.ts';

/** Tells the account's owner by all channels. */
export const handle: JobHandler<SecurityAlert> = async (ctx, { userId, event, at, ip, device }, run) => {
  const recipient = await userRecipient(ctx, userId);
  const content = securityAlert(await namedConfig(ctx), {
    event,
    at: Temporal.Instant.fromEpochMilliseconds(at),
    ip,
    device,
    codesLeft: event === 'recovery_code_used' ? await recoveryCodesLeft(ctx, userId) : null,
    language: recipient.language,
  });
  await notify(ctx, run, [{ kind: 'security_alert', recipient, content }]);
};
