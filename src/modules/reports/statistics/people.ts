import { and, asc, eq, inArray, isNull, or } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { fullNameOf } from '../../../person.ts';
import { therapists, therapistSpecialties } from '../../therapists/tables.ts';

type Filters = { therapist_id?: number | undefined; specialty_id?: number | undefined };

/** The therapists that a statistic is about; undefined is all of them. Nobody matches what is not there. */
export async function chosenTherapists(
  db: Database,
  { therapist_id: id, specialty_id: specialtyId }: Filters,
): Promise<number[] | undefined> {
  if (specialtyId === undefined) return id === undefined ? undefined : [id];
  const rows = await db
    .select({ id: therapistSpecialties.therapistId })
    .from(therapistSpecialties)
    .where(
      and(
        eq(therapistSpecialties.specialtyId, specialtyId),
        id === undefined ? undefined : eq(therapistSpecialties.therapistId, id),
      ),
    );
  return rows.map((row) => row.id);
}

/** The names of those therapists who work at the clinic now, and of those who have figures, in order. */
export async function namedTherapists(
  db: Database,
  withFigures: Iterable<number>,
  therapistIds: readonly number[] | undefined,
): Promise<{ id: number; name: string }[]> {
  return db
    .select({ id: therapists.id, name: fullNameOf(therapists) })
    .from(therapists)
    .where(
      and(
        therapistIds ? inArray(therapists.id, [0, ...therapistIds]) : undefined,
        or(
          and(eq(therapists.isActive, true), isNull(therapists.deletedAt)),
          inArray(therapists.id, [0, ...withFigures]),
        ),
      ),
    )
    .orderBy(
      asc(therapists.paternalLastName),
      asc(therapists.maternalLastName),
      asc(therapists.firstName),
      asc(therapists.id),
    );
}
