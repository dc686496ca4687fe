import { and, eq, or } from 'drizzle-orm';
import { isUsable } from '../../access/account.ts';
import type { Ctx } from '../../context.ts';
import { fullNameOf } from '../../person.ts';
import type { JobHandler } from '../../queue/define.ts';
import { namedConfig } from '../notifications/brand.ts';
import { oneLine } from '../notifications/messages/content.ts';
import { notify } from '../notifications/notify.ts';
import { type Recipient, userRecipient } from '../notifications/recipients.ts';
import { therapists } from '../therapists/tables.ts';
import { users } from '../users/tables.ts';
import { emergencyAccessAlert } from './emergency-access-alert.ts';
import type { EmergencyAccessEvent } from './jobs.ts';
import { emergencyAccess } from './tables.ts';

/** Tells every administrator; the reason and the patient's name stay where only they can look them up. */
export const handle: JobHandler<EmergencyAccessEvent> = async (ctx, { accessId }, run) => {
  const [access] = await ctx.db
    .select({
      patientId: emergencyAccess.patientId,
      openedAt: emergencyAccess.openedAt,
      expiresAt: emergencyAccess.expiresAt,
      therapist: fullNameOf(therapists),
    })
    .from(emergencyAccess)
    .innerJoin(therapists, eq(therapists.id, emergencyAccess.therapistId))
    .where(eq(emergencyAccess.id, accessId));
  if (!access) throw new Error('the emergency access to tell of does not exist');
  const facts = { ...access, therapist: oneLine(access.therapist) };
  const config = await namedConfig(ctx);
  const administrators = await administratorsOf(ctx);
  await notify(
    ctx,
    run,
    administrators.map((recipient) => ({
      kind: 'security_alert' as const,
      recipient,
      content: emergencyAccessAlert(config, facts, recipient.language),
    })),
  );
};

async function administratorsOf(ctx: Ctx): Promise<Recipient[]> {
  const isAdministrator = or(eq(users.role, 'administrator'), eq(users.isSuperuser, true));
  const accounts = await ctx.db.select({ id: users.id }).from(users).where(and(isAdministrator, isUsable));
  return Promise.all(accounts.map(({ id }) => userRecipient(ctx, id)));
}
