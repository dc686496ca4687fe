import { and, eq } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import type { NewSpecialty, SpecialtyChanges, SpecialtyQuery } from './specialties-schemas.ts';
import { specialties } from './tables.ts';

const specialtyView = (row: typeof specialties.$inferSelect) => ({
  id: row.id,
  name: row.name,
  description: row.description,
  requirements: row.requirements,
  is_active: row.isActive,
});

const records = resource({
  entity: 'specialty',
  table: specialties,
  view: (_, rows) => rows.map(specialtyView),
  ordering: { name: specialties.name, id: specialties.id },
  defaultOrdering: 'name',
  restore: 'specialties:restore',
});

export const { get: getSpecialty, remove: removeSpecialty, restore: restoreSpecialty } = records;

export const listSpecialties = (ctx: Ctx, query: v.InferOutput<typeof SpecialtyQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.is_active === undefined ? undefined : eq(specialties.isActive, query.is_active),
      containsWords(specialties.name, query.search),
    ),
  );

export const createSpecialty = (ctx: Ctx, input: v.InferOutput<typeof NewSpecialty>) =>
  records.create(ctx, () => columnsOf(input));

export const changeSpecialty = (ctx: Ctx, id: number, input: v.InferOutput<typeof SpecialtyChanges>) =>
  records.update(ctx, id, () => columnsOf(input));
