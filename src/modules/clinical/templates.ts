import { isDeepStrictEqual } from 'node:util';
import { and, eq, inArray } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import { InvalidField, notFound } from '../../errors.ts';
import { formatInstant } from '../../time.ts';
import { historyTemplates, historyTemplateVersions } from './tables.ts';
import type { FieldsInput, NewTemplate, TemplateChanges, TemplateQuery } from './templates-schemas.ts';

type Row = typeof historyTemplates.$inferSelect;

/** A version's form. */
type Form = Pick<typeof historyTemplateVersions.$inferSelect, 'sections' | 'fields'>;

async function templateViews(ctx: Ctx, rows: readonly Row[]) {
  if (rows.length === 0) return [];
  const { timeZone } = ctx.services.config;
  const current = await ctx.db
    .select({ id: historyTemplates.id, sections: historyTemplateVersions.sections })
    .from(historyTemplates)
    .innerJoin(
      historyTemplateVersions,
      and(
        eq(historyTemplateVersions.templateId, historyTemplates.id),
        eq(historyTemplateVersions.version, historyTemplates.version),
      ),
    )
    .where(
      inArray(
        historyTemplates.id,
        rows.map(({ id }) => id),
      ),
    );
  const sections = new Map(current.map((one) => [one.id, one.sections]));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    specialty_id: row.specialtyId,
    sections: sections.get(row.id) ?? [],
    version: row.version,
    created_at: formatInstant(row.createdAt, timeZone),
    updated_at: formatInstant(row.updatedAt, timeZone),
  }));
}

const records = resource({
  entity: 'history_template',
  table: historyTemplates,
  view: templateViews,
  ordering: { name: historyTemplates.name, created_at: historyTemplates.createdAt },
  defaultOrdering: 'name',
  restore: 'history_templates:restore',
});

export const { get: getTemplate, remove: removeTemplate, restore: restoreTemplate } = records;

export const listTemplates = (ctx: Ctx, query: v.InferOutput<typeof TemplateQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.specialty_id === undefined ? undefined : eq(historyTemplates.specialtyId, query.specialty_id),
      containsWords(historyTemplates.name, query.search),
    ),
  );

/** Makes a template without fields, version 1. @throws FieldConflict for a name that is taken, InvalidField */
export const createTemplate = (ctx: Ctx, input: v.InferOutput<typeof NewTemplate>) =>
  records.create(
    ctx,
    () => {
      const { sections: _, ...rest } = input;
      return { ...columnsOf(rest), version: 1 };
    },
    (tx, id) => insertVersion(tx, id, 1, { sections: input.sections, fields: [] }),
  );

/** Changes a template; other sections make a new version. @throws FieldConflict, InvalidField, AppError */
export const changeTemplate = (ctx: Ctx, id: number, input: v.InferOutput<typeof TemplateChanges>) =>
  records.update(ctx, id, async (tx, current) => {
    const { sections, ...rest } = input;
    const { fields, ...form } = await templateFields(tx, id, current.version);
    const version = await versionOf(tx, current, { sections: sections ?? form.sections, fields });
    return { ...columnsOf(rest), version };
  });

/**
 * Replaces the fields, and the sections when they are given, by a new version of the template. `If-Match` takes the
 * template's ETag.
 * @throws InvalidField for a field in a section that there is not, AppError NOT_FOUND or PRECONDITION_FAILED
 */
export async function replaceFields(ctx: Ctx, id: number, input: v.InferOutput<typeof FieldsInput>) {
  const { version } = await records.update(ctx, id, async (tx, current) => {
    const form = await templateFields(tx, id, current.version);
    const fields = input.fields.toSorted((a, b) => a.order_index - b.order_index);
    return { version: await versionOf(tx, current, { sections: input.sections ?? form.sections, fields }) };
  });
  return templateFields(ctx, id, version);
}

/**
 * The form of a template as it is, or as it was in a version; also of a deleted one, as histories written with it stay.
 * @throws AppError NOT_FOUND
 */
export async function templateFields(ctx: Ctx, templateId: number, wanted?: number) {
  const { version, sections, fields } = historyTemplateVersions;
  const [form] = await ctx.db
    .select({ version, sections, fields })
    .from(historyTemplateVersions)
    .innerJoin(historyTemplates, eq(historyTemplates.id, historyTemplateVersions.templateId))
    .where(
      and(
        eq(historyTemplates.id, templateId),
        eq(version, wanted === undefined ? historyTemplates.version : wanted),
      ),
    );
  if (!form) throw notFound();
  return { template_id: templateId, ...form };
}

/** The number of the version that has this form: the current one, or a new one when the form differs. */
async function versionOf(tx: Ctx, current: Row, form: Form): Promise<number> {
  const sections = new Set(form.sections);
  const homeless = form.fields.find(({ section }) => section !== null && !sections.has(section));
  if (homeless) {
    throw new InvalidField('sections', {
      es: `El campo "${homeless.name}" está en una sección que no existe.`,
      en: `The field "${homeless.name}" is in a section that does not exist.`,
    });
  }
  const { sections: before, fields } = await templateFields(tx, current.id, current.version);
  if (isDeepStrictEqual([before, fields], [form.sections, form.fields])) return current.version;
  await insertVersion(tx, current.id, current.version + 1, form);
  return current.version + 1;
}

async function insertVersion(tx: Ctx, templateId: number, version: number, form: Form): Promise<void> {
  await tx.db.insert(historyTemplateVersions).values({ templateId, version, ...form, createdAt: tx.now });
}
