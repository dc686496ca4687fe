import * as v from 'valibot';
import {
  Id,
  IdText,
  InstantOut,
  IntegerText,
  Line,
  OrNull,
  pageOf,
  Paragraph,
  recordQuery,
} from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';
import { TemplateField, TemplateFieldOut } from './template-field.ts';

const distinct = (values: string[]) => new Set(values).size === values.length;

/** The headings of the form, in order. */
const Sections = v.pipe(
  v.array(Line(100)),
  v.maxLength(50),
  v.check(distinct, say({ es: 'Hay secciones repetidas.', en: 'There are sections twice.' })),
);

const Fields = v.pipe(
  v.array(TemplateField),
  v.maxLength(100),
  v.check(
    (fields) => distinct(fields.map(({ name }) => name)),
    say({ es: 'Hay campos con el mismo nombre.', en: 'There are fields of the same name.' }),
  ),
);

export const NewTemplate = v.object({
  name: Line(100),
  description: OrNull(Paragraph(2_000)),
  specialty_id: OrNull(Id),
  sections: v.optional(Sections, []),
});

/** Sections left out stay as they are, in a PUT too. */
export const TemplateInput = v.object({ ...NewTemplate.entries, sections: v.optional(Sections) });

export const TemplateChanges = v.partial(TemplateInput);

export const Template = v.object({
  id: v.number(),
  name: v.string(),
  description: v.nullable(v.string()),
  specialty_id: v.nullable(v.number()),
  sections: v.array(v.string()),
  /** Grows by one with every change of the sections or fields. */
  version: v.number(),
  created_at: InstantOut,
  updated_at: InstantOut,
});

export const TemplatePage = pageOf(Template);

export const TemplateQuery = recordQuery(['name', 'created_at'], { specialty_id: v.optional(IdText) });

/** The whole form: fields in their order; a field of a section that goes must go, too. */
export const FieldsInput = v.object({ sections: v.optional(Sections), fields: Fields });

export const FieldsQuery = v.object({ version: v.optional(IntegerText(1, 1_000_000)) });

export const TemplateFields = v.object({
  template_id: v.number(),
  version: v.number(),
  sections: v.array(v.string()),
  fields: v.array(TemplateFieldOut),
});
