import { and, asc, eq, exists, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { InvalidField } from '../../errors.ts';
import { specialties, therapists, therapistSpecialties as links } from './tables.ts';

/** The specialties of some therapists by name, by therapist, in one query; deleted ones are left out. */
export async function specialtiesOf(ctx: Ctx, therapistIds: number[]) {
  if (therapistIds.length === 0) return new Map<number, { id: number; name: string }[]>();
  const rows = await ctx.db
    .select({ therapistId: links.therapistId, id: specialties.id, name: specialties.name })
    .from(links)
    .innerJoin(specialties, eq(specialties.id, links.specialtyId))
    .where(and(inArray(links.therapistId, therapistIds), isNull(specialties.deletedAt)))
    .orderBy(asc(specialties.name), asc(specialties.id));
  const groups = Map.groupBy(rows, ({ therapistId }) => therapistId);
  return new Map(
    [...groups].map(([therapistId, some]) => [therapistId, some.map(({ id, name }) => ({ id, name }))]),
  );
}

/** Makes these the therapist's specialties. @throws InvalidField against `specialty_ids` for one that does not exist */
export async function setSpecialties(tx: Ctx, therapistId: number, specialtyIds: number[]): Promise<void> {
  const wanted = [...new Set(specialtyIds)];
  const found = await tx.db
    .select({ id: specialties.id })
    .from(specialties)
    .where(and(inArray(specialties.id, [0, ...wanted]), isNull(specialties.deletedAt)));
  const unknown = wanted.filter((id) => found.every((specialty) => specialty.id !== id));
  if (unknown.length > 0) {
    throw new InvalidField('specialty_ids', {
      es: `No existe: ${unknown.join(', ')}.`,
      en: `Does not exist: ${unknown.join(', ')}.`,
    });
  }
  await tx.db.delete(links).where(eq(links.therapistId, therapistId));
  if (wanted.length === 0) return;
  await tx.db.insert(links).values(wanted.map((specialtyId) => ({ therapistId, specialtyId })));
}

/** WHERE: the therapist has the specialty. */
export const hasSpecialty = (ctx: Ctx, specialtyId: number): SQL =>
  exists(
    ctx.db
      .select({ one: sql`1` })
      .from(links)
      .where(and(eq(links.therapistId, therapists.id), eq(links.specialtyId, specialtyId))),
  );
