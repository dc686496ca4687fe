import { and, eq } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { matchesSearch } from '../../db/search.ts';
import type { ChangesOf } from '../../http/schemas.ts';
import { searchTextOf } from '../../search-text.ts';
import { assertNothingUpcoming } from '../appointments/upcoming.ts';
import { accountsChanged, assertLinkable } from '../patients/account.ts';
import type { NewTherapist, TherapistQuery } from './schemas.ts';
import { therapists } from './tables.ts';
import { hasSpecialty, setSpecialties, specialtiesOf } from './therapist-specialties.ts';
import { therapistView } from './view.ts';

const records = resource({
  entity: 'therapist',
  table: therapists,
  view: async (ctx, rows) => {
    const specialties = await specialtiesOf(
      ctx,
      rows.map(({ id }) => id),
    );
    const { timeZone } = ctx.services.config;
    return rows.map((row) => therapistView(row, specialties.get(row.id) ?? [], timeZone));
  },
  ordering: {
    paternal_last_name: [therapists.paternalLastName, therapists.maternalLastName, therapists.firstName],
    created_at: therapists.createdAt,
    license_number: therapists.licenseNumber,
  },
  defaultOrdering: 'paternal_last_name',
  restore: 'therapists:restore',
  assertRemovable: (tx, { id }) => assertNothingUpcoming(tx, { therapistId: id }),
  committed: accountsChanged,
});

export const { get: getTherapist, remove: removeTherapist, restore: restoreTherapist } = records;

/** Therapists by name; `search` looks at names, document and telephone. */
export const listTherapists = (ctx: Ctx, query: v.InferOutput<typeof TherapistQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.is_active === undefined ? undefined : eq(therapists.isActive, query.is_active),
      query.specialty_id === undefined ? undefined : hasSpecialty(ctx, query.specialty_id),
      matchesSearch(therapists.searchText, query.search),
    ),
  );

/** Registers a therapist. @throws FieldConflict or InvalidField */
export function createTherapist(ctx: Ctx, input: v.InferOutput<typeof NewTherapist>) {
  const { specialty_ids: specialtyIds, ...person } = input;
  return records.create(
    ctx,
    async (tx) => {
      if (person.user_id) await assertLinkable(tx, person.user_id, 'therapist');
      const values = columnsOf(person);
      return { ...values, searchText: searchTextOf(values) };
    },
    (tx, id) => setSpecialties(tx, id, specialtyIds),
  );
}

/** Changes a therapist's data. @throws FieldConflict, InvalidField, AppError NOT_FOUND or PRECONDITION_FAILED */
export function changeTherapist(ctx: Ctx, id: number, input: ChangesOf<typeof NewTherapist>) {
  const { specialty_ids: specialtyIds, ...person } = input;
  return records.update(
    ctx,
    id,
    async (tx, current) => {
      if (person.user_id && person.user_id !== current.userId)
        await assertLinkable(tx, person.user_id, 'therapist');
      const changes = columnsOf(person);
      return { ...changes, searchText: searchTextOf({ ...current, ...changes }) };
    },
    async (tx) => {
      if (specialtyIds) await setSpecialties(tx, id, specialtyIds);
    },
  );
}
