import type { JobHandler } from '../../queue/define.ts';
import { passwordReset } from '../notifications/messages/password-reset.ts';
import { namedConfig } from '../notifications/brand.ts';
import { notify } from '../notifications/notify.ts';
import { userRecipient } from '../notifications/recipients.ts';
import type { ResetRequest } from './jobs.ts';
import { keepToken, RESET_MINUTES, resetToken } from './reset-token.ts';

/** Mails the link, unless it would be of no use by now. */
export const handle: JobHandler<ResetRequest> = async (ctx, { userId, nonce, ...request }, run) => {
  const requestedAt = Temporal.Instant.fromEpochMilliseconds(request.requestedAt);
  const expiresAt = requestedAt.add({ minutes: RESET_MINUTES });
  if (userId === null || Temporal.Instant.compare(ctx.now, expiresAt) >= 0) return;
  const token = await resetToken(ctx, nonce);
  if (!(await keepToken(ctx, token, { userId, requestedAt }))) return;

  const recipient = await userRecipient(ctx, userId);
  const content = passwordReset(await namedConfig(ctx), { token, expiresAt, language: recipient.language });
  await notify(ctx, run, [{ kind: 'password_reset', recipient, content }]);
};
