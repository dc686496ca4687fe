import { eq } from 'drizzle-orm';
import type { PersonalData } from '../patients/personal-data.ts';
import { portable } from '../patients/portable.ts';
import { appointments } from './tables.ts';

/** A patient's appointments; without a person, they are still what the clinic did and earned. */
export const appointmentData: PersonalData = {
  read: async (tx, { patientId }) => {
    const rows = await tx.db.select().from(appointments).where(eq(appointments.patientId, patientId));
    return { appointments: portable(tx, rows) };
  },
  erase: async (tx, { patientId }) => {
    const theirs = eq(appointments.patientId, patientId);
    const rows = await tx.db.select({ id: appointments.id }).from(appointments).where(theirs);
    const ids = rows.map(({ id }) => id);
    await tx.db
      .update(appointments)
      .set({ reason: null, notes: null, cancellationReason: null })
      .where(theirs);
    return { audited: [{ entity: 'appointment', ids }] };
  },
};
