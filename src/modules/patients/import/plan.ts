import { eq } from 'drizzle-orm';
import type { Ctx } from '../../../context.ts';
import { plain } from '../../../search-text.ts';
import { districts, provinces, regions } from '../../geo/tables.ts';
import { patientImports } from '../tables.ts';
import { BadFile } from './bad-file.ts';
import { inputOf, textOf } from './cells.ts';
import { type ImportedField, importableFields } from './columns.ts';
import { readRows } from './read-rows.ts';
import type { Row } from './row.ts';

/** A file, read: what its batches need to know of the whole. */
export type Plan = {
  importId: number;
  dryRun: boolean;
  confirmDuplicate: boolean;
  fields: readonly (ImportedField | null)[];
  rows: readonly Row[];
  /** The number of the first row with a document, or with a name and birth date; see {@link identitiesOf}. */
  firstRowOf: ReadonlyMap<string, number>;
  places: Record<'region_id' | 'province_id' | 'district_id', ReadonlySet<number>>;
};

type Wanted = typeof patientImports.$inferSelect;

const EMPTY = { es: 'El archivo no tiene filas con datos.', en: 'The file has no rows with data.' };

/** Reads the file, and notes its size and columns in the import. @throws BadFile */
export async function planImport(ctx: Ctx, wanted: Wanted, bytes: Uint8Array): Promise<Plan> {
  const [titles, ...rows] = await readRows(bytes);
  if (!titles || rows.length === 0) throw new BadFile(EMPTY);
  const headers = titles.cells.map((cell) => textOf(cell).slice(0, 100));
  const fields = importableFields(headers);
  await ctx.db
    .update(patientImports)
    .set({ status: 'running', headers, rowsTotal: rows.length, startedAt: wanted.startedAt ?? ctx.now })
    .where(eq(patientImports.id, wanted.id));

  const firstRowOf = new Map<string, number>();
  for (const row of rows) {
    for (const identity of identitiesOf(inputOf(row.cells, fields))) {
      if (!firstRowOf.has(identity)) firstRowOf.set(identity, row.number);
    }
  }
  const { id: importId, dryRun, confirmDuplicate } = wanted;
  return { importId, dryRun, confirmDuplicate, fields, rows, firstRowOf, places: await knownPlaces(ctx) };
}

/** What tells that two rows of a file are about one person: the document; the names with the birth date. */
export function identitiesOf(input: Record<string, string | number>): [document: string, namesake: string] {
  const part = (field: ImportedField) => plain(String(input[field] ?? '')).replace(/\s+/g, ' ');
  const names = [part('first_name'), part('paternal_last_name'), part('maternal_last_name')].join('|');
  const born = part('birth_date');
  return [`document:${part('document_number')}`, born === '' ? '' : `person:${names}|${born}`];
}

async function knownPlaces(ctx: Ctx): Promise<Plan['places']> {
  const idsOf = async (table: typeof regions | typeof provinces | typeof districts) => {
    const rows = await ctx.db.select({ id: table.id }).from(table);
    return new Set(rows.map(({ id }) => id));
  };
  return {
    region_id: await idsOf(regions),
    province_id: await idsOf(provinces),
    district_id: await idsOf(districts),
  };
}
