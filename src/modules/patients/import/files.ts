import { and, asc, eq, gt } from 'drizzle-orm';
import { writeCsv, writeCsvStream } from 'hucre/csv';
import type { Ctx } from '../../../context.ts';
import { patientImportErrors } from '../tables.ts';
import { templateTitles } from './columns.ts';
import { findImport } from './imports.ts';

/** With the mark by which Excel knows UTF-8, and nothing that a spreadsheet would run as a formula. */
const FORMAT = { bom: true, escapeFormulae: true } as const;

const csvFile = (name: string, content: ReadableStream | string): Response =>
  new Response(content, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
    },
  });

/** A file to fill in: the titles of the columns that an import knows. */
export const importTemplate = (ctx: Ctx): Response =>
  csvFile('pacientes.csv', writeCsv([templateTitles(ctx.language)], FORMAT));

const ADDED = { es: ['Fila', 'Columna', 'Motivo'], en: ['Row', 'Column', 'Reason'] };

/**
 * The rows of an import that were refused: number, column and reason, then the cells as they were. Corrected, the file
 * can be handed in again as it is: the three columns before are ignored.
 * @throws AppError NOT_FOUND
 */
export async function importErrors(ctx: Ctx, id: number): Promise<Response> {
  const { headers, language } = await findImport(ctx, id);
  const titles = [...ADDED[language], ...(headers ?? [])];
  return csvFile(`errores-${id}.csv`, writeCsvStream(linesOf(ctx, id), { ...FORMAT, headers: titles }));
}

const AT_ONCE = 1_000;

async function* linesOf(ctx: Ctx, importId: number): AsyncGenerator<(string | number)[]> {
  for (let after = 0; ;) {
    const rows = await ctx.db
      .select()
      .from(patientImportErrors)
      .where(and(eq(patientImportErrors.importId, importId), gt(patientImportErrors.rowNumber, after)))
      .orderBy(asc(patientImportErrors.rowNumber))
      .limit(AT_ONCE);
    for (const { rowNumber, reasons, cells } of rows) {
      const columns = reasons.map(([field]) => field).join(', ');
      const why = reasons.map(([field, each]) =>
        reasons.length > 1 ? `${field}: ${each.join(' ')}` : each.join(' '),
      );
      yield [rowNumber, columns, why.join(' '), ...cells];
    }
    if (rows.length < AT_ONCE) return;
    after = rows.at(-1)?.rowNumber ?? after;
  }
}
