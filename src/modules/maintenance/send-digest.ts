import { and, asc, eq } from 'drizzle-orm';
import { isUsable } from '../../access/account.ts';
import type { JobHandler } from '../../queue/define.ts';
import { namedConfig } from '../notifications/brand.ts';
import { notify } from '../notifications/notify.ts';
import { userRecipient } from '../notifications/recipients.ts';
import type { Notice } from '../notifications/record.ts';
import { users } from '../users/tables.ts';
import { digestContent, lastWeek } from './digest.ts';

const MOST = 100;

/** Sends last week's figures to the supervisors; once for each week, however often it runs. */
export const handle: JobHandler<object> = async (ctx, _data, run) => {
  const week = await lastWeek(ctx);
  const supervisors = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'supervisor'), isUsable))
    .orderBy(asc(users.id))
    .limit(MOST);
  const { clinicName } = await namedConfig(ctx);
  const notices: Notice[] = [];
  for (const { id } of supervisors) {
    const recipient = await userRecipient(ctx, id);
    const content = digestContent(week, clinicName, recipient.language);
    notices.push({ kind: 'report_ready', recipient, content });
  }
  await notify(ctx, { ...run, id: `digest-${week.from}` }, notices);
};
