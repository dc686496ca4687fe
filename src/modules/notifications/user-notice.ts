import * as v from 'valibot';
import type { Config } from '../../config.ts';
import type { Language } from '../../errors.ts';
import type { Content } from './messages/content.ts';
import { ImportReady, importReady } from './messages/import-ready.ts';
import { ReportReady, reportReady } from './messages/report-ready.ts';

/** What is told to the one person who asked for it; the payload of its job. */
export const UserNotice = v.variant('kind', [
  v.object({ kind: v.literal('report_ready'), userId: v.number(), data: ReportReady }),
  v.object({ kind: v.literal('import_ready'), userId: v.number(), data: ImportReady }),
]);
export type UserNotice = v.InferOutput<typeof UserNotice>;

/** What it says, in the person's language. */
export function userContent(config: Config, notice: UserNotice, language: Language): Content {
  switch (notice.kind) {
    case 'report_ready':
      return reportReady(config, notice.data, language);
    case 'import_ready':
      return importReady(config, notice.data, language);
  }
}
