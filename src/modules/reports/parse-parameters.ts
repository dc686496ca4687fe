import * as v from 'valibot';
import type { Language } from '../../errors.ts';
import { AppError } from '../../errors.ts';
import { reasons } from '../../http/validation.ts';
import type { Fields, Report } from './define.ts';

/** What a report was asked for with, judged by its own rules. @throws AppError VALIDATION_ERROR */
export function parseParameters({ parameters }: Report, given: object, language: Language): Fields {
  const { success, output } = v.safeParse(parameters, given);
  if (success) return output;
  throw new AppError('VALIDATION_ERROR', reasons(parameters, given, 'parameters', language));
}
