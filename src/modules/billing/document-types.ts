import { and, eq } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import type { DocumentTypeChanges, DocumentTypeQuery, NewDocumentType } from './document-types-schemas.ts';
import { documentTypes as table } from './tables.ts';

const documentTypeView = (row: typeof table.$inferSelect) => ({
  id: row.id,
  name: row.name,
  description: row.description,
  is_active: row.isActive,
});

const records = resource({
  entity: 'document_type',
  table,
  view: (_, rows) => rows.map(documentTypeView),
  ordering: { id: table.id, name: table.name },
  defaultOrdering: 'id',
  restore: 'document_types:restore',
});

export const { get: getDocumentType, remove: removeDocumentType, restore: restoreDocumentType } = records;

export const listDocumentTypes = (ctx: Ctx, query: v.InferOutput<typeof DocumentTypeQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.is_active === undefined ? undefined : eq(table.isActive, query.is_active),
      containsWords(table.name, query.search),
    ),
  );

export const createDocumentType = (ctx: Ctx, input: v.InferOutput<typeof NewDocumentType>) =>
  records.create(ctx, () => columnsOf(input));

export const changeDocumentType = (ctx: Ctx, id: number, input: v.InferOutput<typeof DocumentTypeChanges>) =>
  records.update(ctx, id, () => columnsOf(input));
