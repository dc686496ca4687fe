import { and, inArray, lt } from 'drizzle-orm';
import type { Ctx } from '../../../context.ts';
import { patientImportErrors, patientImports } from '../tables.ts';

/** People have this long to correct what was refused; it holds personal data. */
const KEPT = { hours: 30 * 24 };
const AT_ONCE = 5_000;

/** Removes refused rows of imports that ended long ago, some at a time: each new import calls. */
export async function forgetOldImports(tx: Ctx): Promise<void> {
  const old = await tx.db
    .select({ id: patientImports.id })
    .from(patientImports)
    .where(lt(patientImports.finishedAt, tx.now.subtract(KEPT)))
    .limit(1_000);
  if (old.length === 0) return;
  const ids = old.map(({ id }) => id);
  await tx.db
    .delete(patientImportErrors)
    .where(and(inArray(patientImportErrors.importId, ids)))
    .limit(AT_ONCE);
}
