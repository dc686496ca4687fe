import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { type Format, KINDS } from '../../render/formats.ts';
import type { ReportFile } from './attachment.ts';
import { allTables } from './all-tables.ts';
import type { Fields, Report } from './define.ts';
import { fileName, headingOf } from './heading.ts';
import { MOST_AWAITED } from './limits.ts';
import { parseParameters } from './parse-parameters.ts';
import { requestRun } from './runs/request.ts';

type Wanted = { report: Report; parameters: Fields; format: Format; later: boolean };
type Accepted = Awaited<ReturnType<typeof requestRun>>;

/**
 * The report as a file: at once, or as a job when it is long or `later` is wished. The client's leaving ends it.
 * @throws AppError VALIDATION_ERROR, EXTERNAL_SERVICE_ERROR when too many wait for files; RuleViolation `too_many_rows`
 */
export async function exportFile(
  ctx: Ctx,
  { report, parameters: given, format, later }: Wanted,
  signal: AbortSignal,
): Promise<{ file: ReportFile } | { accepted: Accepted }> {
  const parameters = parseParameters(report, given, ctx.language);
  const [heading, { rows, tables }] = await Promise.all([
    headingOf(ctx, report, parameters),
    report.open(ctx, parameters, async (opened) => ({
      rows: opened.size,
      tables: later || opened.size > MOST_AWAITED ? null : await allTables(opened),
    })),
  ]);
  if (!tables) return { accepted: await requestRun(ctx, { report, parameters, form: format, rows }) };
  // Noted while it is rendered: nobody gets a file that is not in the log.
  const [file] = await Promise.all([
    ctx.services.renderer.render({ ...heading, tables }, format, signal),
    noteExport(ctx, report, { parameters, format, rows }),
  ]);
  const name = `${fileName(report, parameters, ctx.language)}.${KINDS[format].extension}`;
  return { file: { content: new Blob([file as Uint8Array<ArrayBuffer>]), name, format } };
}

/** Who took which personal data out of the service is kept. */
const noteExport = (ctx: Ctx, report: Report, after: { parameters: Fields; format: Format; rows: number }) =>
  transaction(ctx, (tx) => audit(tx, { action: 'export', entity: 'report', entityId: report.type, after }));
