import { eq, isNull, and } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import type { PersonalData } from '../patients/personal-data.ts';
import { portable } from '../patients/portable.ts';
import { diagnoses, emergencyAccess, medicalHistories, treatments } from './tables.ts';

const ERASED = 'Anonimizado';

const rowsOf = async (tx: Ctx, patientId: number) => ({
  diagnoses: await tx.db.select().from(diagnoses).where(eq(diagnoses.patientId, patientId)),
  treatments: await tx.db.select().from(treatments).where(eq(treatments.patientId, patientId)),
  histories: await tx.db.select().from(medicalHistories).where(eq(medicalHistories.patientId, patientId)),
  emergencies: await tx.db.select().from(emergencyAccess).where(eq(emergencyAccess.patientId, patientId)),
});

const ids = (rows: readonly { id: number }[]): number[] => rows.map(({ id }) => id);

/** What therapists wrote about a patient. Codes, kinds and days stay for the statistics; the words go. */
export const clinicalData: PersonalData = {
  read: async (tx, { patientId }) => {
    const rows = await rowsOf(tx, patientId);
    return {
      diagnoses: portable(tx, rows.diagnoses),
      treatments: portable(tx, rows.treatments),
      medical_histories: portable(tx, rows.histories),
      emergency_access: portable(tx, rows.emergencies),
    };
  },
  erase: async (tx, { patientId }) => {
    const rows = await rowsOf(tx, patientId);
    const theirs = eq(diagnoses.patientId, patientId);
    const words = { symptoms: ERASED, observations: null, treatmentPlan: null };
    await tx.db.update(diagnoses).set(words).where(theirs);
    // With a code, the name is the code's.
    await tx.db
      .update(diagnoses)
      .set({ name: ERASED })
      .where(and(theirs, isNull(diagnoses.code)));
    await tx.db.update(treatments).set({ description: ERASED }).where(eq(treatments.patientId, patientId));
    await tx.db
      .update(medicalHistories)
      .set({ fieldsData: {} })
      .where(eq(medicalHistories.patientId, patientId));
    await tx.db
      .update(emergencyAccess)
      .set({ reason: ERASED })
      .where(eq(emergencyAccess.patientId, patientId));
    return {
      audited: [
        { entity: 'diagnosis', ids: ids(rows.diagnoses) },
        { entity: 'treatment', ids: ids(rows.treatments) },
        { entity: 'medical_history', ids: ids(rows.histories) },
        { entity: 'emergency_access', ids: ids(rows.emergencies) },
      ],
    };
  },
};
