import * as v from 'valibot';
import { FlagText, Line, OrNull, recordQuery } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';
import { STATUSES } from './status.ts';

const Color = v.pipe(
  v.string(),
  v.regex(
    /^#[\dA-Fa-f]{6}$/,
    say({ es: 'Use un color como "#3b82f6".', en: 'Use a colour such as "#3b82f6".' }),
  ),
);

export const NewStatusEntry = v.object({
  name: v.picklist(STATUSES),
  label: Line(60),
  description: OrNull(Line(255)),
  color: Color,
  is_active: v.optional(v.boolean(), true),
});

export const StatusEntry = v.object({
  id: v.number(),
  name: v.picklist(STATUSES),
  label: v.string(),
  description: v.nullable(v.string()),
  color: v.string(),
  is_active: v.boolean(),
});

export const StatusEntryQuery = recordQuery(['id', 'name', 'label'], { is_active: v.optional(FlagText) });
