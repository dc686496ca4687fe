import type { Ctx } from '../../../context.ts';
import { notFound } from '../../../errors.ts';
import { KINDS } from '../../../render/formats.ts';
import type { ReportFile } from '../attachment.ts';
import { fileName } from '../heading.ts';
import { reportOf } from '../registry.ts';
import { findRun } from './find.ts';

/** The file of a run that is done, for its owner. @throws AppError NOT_FOUND */
export async function downloadRun(ctx: Ctx, id: number): Promise<ReportFile> {
  const { form, report: type, parameters, fileKey, language, status } = await findRun(ctx, id);
  const report = reportOf(type);
  if (!report || form === 'json' || status !== 'done') throw notFound();
  const content = fileKey ? await ctx.services.files.open(fileKey) : null;
  if (!content) throw notFound();
  const name = `${fileName(report, parameters, language)}.${KINDS[form].extension}`;
  return { content, name, format: form };
}
