import type { JobHandler } from '../../queue/define.ts';
import { namedConfig } from './brand.ts';
import { notify } from './notify.ts';
import { userRecipient } from './recipients.ts';
import { type UserNotice, userContent } from './user-notice.ts';

/** Tells one person that what they asked for is done. */
export const handle: JobHandler<UserNotice> = async (ctx, notice, run) => {
  const recipient = await userRecipient(ctx, notice.userId);
  const content = userContent(await namedConfig(ctx), notice, recipient.language);
  await notify(ctx, run, [{ kind: notice.kind, recipient, content }]);
};
