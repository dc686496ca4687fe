import type { Ctx } from '../../context.ts';
import type { Fields, Report } from './define.ts';
import { MOST_AWAITED, tooManyRows } from './limits.ts';

/** The report's JSON answer. @throws RuleViolation `too_many_rows` for one that nobody could look through */
export const readReport = (ctx: Ctx, report: Report, parameters: Fields): Promise<Fields> =>
  report.open(ctx, parameters, ({ size, json }) => {
    if (size > MOST_AWAITED) throw tooManyRows(size, MOST_AWAITED);
    return json();
  });
