import { and, eq, isNull } from 'drizzle-orm';
import { visiblePatients } from '../../access/ownership.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { notFound } from '../../errors.ts';
import { fullName } from '../../person.ts';
import { formatInstant, localDay } from '../../time.ts';
import { PERSONAL_DATA } from './personal-data-of-domains.ts';
import { patients } from './tables.ts';
import { patientView } from './view.ts';

/**
 * All that is kept of a patient, as of one moment (Ley 29733, art. 19: right of access).
 * @throws AppError NOT_FOUND
 */
export const exportPatient = (ctx: Ctx, id: number) =>
  transaction(ctx, async (tx) => {
    const [row] = await tx.db
      .select()
      .from(patients)
      .where(and(eq(patients.id, id), isNull(patients.deletedAt), visiblePatients(tx, patients.id)));
    if (!row) throw notFound();
    const { userId, documentNumber } = row;
    const subject = { patientId: id, userId, fullName: fullName(row), documentNumber };
    const parts: Record<string, unknown> = {};
    for (const domain of PERSONAL_DATA) Object.assign(parts, await domain.read(tx, subject));
    await audit(tx, { action: 'export', entity: 'patient', entityId: id });
    const { timeZone } = tx.services.config;
    return {
      exported_at: formatInstant(tx.now, timeZone),
      patient: patientView(row, localDay(tx.now, timeZone), timeZone),
      ...parts,
    };
  });
