import { asc, desc, eq } from 'drizzle-orm';
import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import { countRows, page } from '../../db/page.ts';
import { containsWords } from '../../db/search.ts';
import { InvalidField } from '../../errors.ts';
import type { DiagnosisCodeQuery } from './codes-schemas.ts';
import { diagnosisCodes } from './tables.ts';

/** CIE-10 codes whose code or name has every word of `search`, without regard to accents, by code. */
export function listDiagnosisCodes(ctx: Ctx, query: v.InferOutput<typeof DiagnosisCodeQuery>) {
  const { ordering = 'code', search } = query;
  const where = containsWords(diagnosisCodes.searchText, search);
  const column = ordering.endsWith('name') ? diagnosisCodes.name : diagnosisCodes.code;
  const direction = ordering.startsWith('-') ? desc : asc;
  const matching = () =>
    ctx.db.select({ id: diagnosisCodes.id }).from(diagnosisCodes).where(where).$dynamic();
  return page({ ...ctx, scopes: ['any'] }, query, {
    name: 'diagnosis_codes',
    count: (atMost) => countRows(ctx, matching() as never, atMost),
    results: (limit, offset) =>
      ctx.db
        .select({ code: diagnosisCodes.code, name: diagnosisCodes.name })
        .from(diagnosisCodes)
        .where(where)
        .orderBy(direction(column), direction(diagnosisCodes.id))
        .limit(limit)
        .offset(offset),
  });
}

/** @throws InvalidField when the catalogue does not have the code */
export async function assertKnownCode(ctx: Ctx, field: string, code: string | null): Promise<void> {
  if (code === null) return;
  const [known] = await ctx.db
    .select({ id: diagnosisCodes.id })
    .from(diagnosisCodes)
    .where(eq(diagnosisCodes.code, code));
  if (known) return;
  throw new InvalidField(field, { es: 'No es un código CIE-10.', en: 'Is not a CIE-10 code.' });
}
