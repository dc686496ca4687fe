import * as v from 'valibot';
import { FlagText, Line, OrNull, recordQuery } from '../../http/schemas.ts';

/** `name` is what people carry as `document_type`, such as `DNI`. */
export const NewDocumentType = v.object({
  name: Line(20),
  description: OrNull(Line(255)),
  is_active: v.optional(v.boolean(), true),
});

export const DocumentType = v.object({
  id: v.number(),
  name: v.string(),
  description: v.nullable(v.string()),
  is_active: v.boolean(),
});

export const DocumentTypeQuery = recordQuery(['id', 'name'], { is_active: v.optional(FlagText) });
