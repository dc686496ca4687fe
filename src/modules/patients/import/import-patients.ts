import { eq } from 'drizzle-orm';
import { authorise } from '../../../access/authenticate.ts';
import { actorOf } from '../../../access/actor-of.ts';
import type { Ctx } from '../../../context.ts';
import type { JobHandler } from '../../../queue/define.ts';
import { patientImports } from '../tables.ts';
import { BadFile } from './bad-file.ts';
import { finishImport } from './finish.ts';
import { importBatch } from './import-batch.ts';
import { planImport } from './plan.ts';
import { rests } from './rest.ts';

const NOT_PERMITTED = {
  es: 'Quien pidió la importación ya no tiene permiso para hacerla.',
  en: 'Who asked for the import is no longer permitted to make it.',
};
const INTERRUPTED = {
  es: 'La importación se interrumpió por un error del servidor. Vuelva a subir el archivo: lo ya importado no se repite.',
  en: 'The import was cut off by an error of the server. Upload the file again: what was imported is not repeated.',
};

/**
 * Imports a file in batches, each in a transaction that also counts its rows: a run that is cut off is taken up at the
 * first row that has no outcome, and no row is imported twice. Between its steps it rests (`rest.ts`).
 */
export const handle: JobHandler<{ importId: number }> = async (ctx, { importId }, run) => {
  const [wanted] = await ctx.db.select().from(patientImports).where(eq(patientImports.id, importId));
  if (!wanted) return;
  const { fileKey } = wanted;
  try {
    if (wanted.status === 'queued' || wanted.status === 'running') await work(ctx, wanted, run.progress);
  } catch (error) {
    const isLast = run.attempt >= run.maxAttempts;
    if (!(error instanceof BadFile) && !isLast) throw error;
    await finishImport(ctx, importId, error instanceof BadFile ? error.reason : INTERRUPTED);
    await ctx.services.files.remove(fileKey);
    if (!(error instanceof BadFile)) throw error;
  }
  await ctx.services.files.remove(fileKey);
};

type Wanted = typeof patientImports.$inferSelect;

async function work(ctx: Ctx, wanted: Wanted, progress: (percent: number) => Promise<void>): Promise<void> {
  const requester = await asRequester(ctx, wanted);
  const file = await ctx.services.files.open(wanted.fileKey);
  if (!file) throw new BadFile(INTERRUPTED);
  const plan = await planImport(requester, wanted, await file.bytes());
  const total = plan.rows.length;
  const rest = rests();
  for (let done = 0; done < total;) {
    done = await importBatch(requester, plan);
    await rest();
    await progress(Math.floor((done / total) * 100));
  }
  await finishImport(requester, wanted.id, null);
}

/** The rows are registered in the name, and by the rights at this moment, of who handed the file in. */
async function asRequester(ctx: Ctx, { requestedBy, language }: Wanted): Promise<Ctx> {
  const actor = await actorOf(ctx.db, requestedBy);
  const requester: Ctx = { ...ctx, language };
  if (!actor || !ctx.services.access.scopesOf(actor, 'patients:import').length)
    throw new BadFile(NOT_PERMITTED);
  authorise(requester, actor, 'patients:import');
  return requester;
}
