import { eq } from 'drizzle-orm';
import type { JobHandler } from '../../queue/define.ts';
import { patientImports } from '../patients/tables.ts';
import { importReady } from './messages/import-ready.ts';
import { notify } from './notify.ts';
import { userRecipient } from './recipients.ts';

/** Tells who handed in a file of patients what became of it. */
export const handle: JobHandler<{ importId: number }> = async (ctx, { importId }, run) => {
  const [done] = await ctx.db.select().from(patientImports).where(eq(patientImports.id, importId));
  if (!done) return;
  const recipient = await userRecipient(ctx, done.requestedBy);
  const { clinicName: clinic } = ctx.services.config;
  const content = importReady({ ...done, clinic, language: recipient.language });
  await notify(ctx, run, [{ kind: 'import_ready', recipient, content, attachments: [] }]);
};
