import * as v from 'valibot';
import { FlagText, Line, OrNull, Paragraph, recordQuery } from '../../http/schemas.ts';

export const NewSpecialty = v.object({
  name: Line(100),
  description: OrNull(Paragraph(2_000)),
  requirements: OrNull(Paragraph(2_000)),
  is_active: v.optional(v.boolean(), true),
});

export const Specialty = v.object({
  id: v.number(),
  name: v.string(),
  description: v.nullable(v.string()),
  requirements: v.nullable(v.string()),
  is_active: v.boolean(),
});

export const SpecialtyQuery = recordQuery(['name', 'id'], { is_active: v.optional(FlagText) });
