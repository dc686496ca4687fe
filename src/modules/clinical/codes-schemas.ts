import * as v from 'valibot';
import { listQuery, pageOf } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';

/** A CIE-10 code as people write it (`m545`, `M54.5`), as the catalogue has it: `M54.5`. */
export const Code = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^[A-Za-z]\d\d(?:\.?\d)?$/,
    say({ es: 'Use un código CIE-10 como M54.5.', en: 'Use a CIE-10 code such as M54.5.' }),
  ),
  v.toUpperCase(),
  v.transform((code) => (code.length === 4 ? `${code.slice(0, 3)}.${code.slice(3)}` : code)),
);

export const DiagnosisCode = v.object({ code: v.string(), name: v.string() });

export const DiagnosisCodePage = pageOf(DiagnosisCode);

export const DiagnosisCodeQuery = listQuery(['code', 'name'], {});
