import { createRequire } from 'node:module';
import { plain } from '../../search-text.ts';
import { withAccents } from './spelling.ts';
import type { diagnosisCodes } from './tables.ts';

/** The package's rows; among the codes are chapters and blocks (`A00-A09`), which no diagnosis has. */
const packaged = createRequire(import.meta.url)('cie10/cie10-array.json') as { c: string; d: string }[];

const CODE = /^([A-Z]\d\d)(\d?)$/;

/** Every category and subcategory of CIE-10 with its name in Spanish. The classification is the WHO's. */
export const cie10: (typeof diagnosisCodes.$inferInsert)[] = packaged.flatMap(({ c, d }) => {
  const [digits, category, subcategory] = CODE.exec(c) ?? [];
  if (!digits) return [];
  const code = subcategory ? `${category}.${subcategory}` : digits;
  const name = withAccents(d.trim().replaceAll(/\s+(?=,)|\.$/g, '')).slice(0, 255);
  return [{ code, name, searchText: plain(`${code} ${subcategory ? digits : ''} ${name}`).slice(0, 300) }];
});
