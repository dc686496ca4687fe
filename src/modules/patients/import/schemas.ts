import * as v from 'valibot';
import { FlagText, InstantOut, listQuery, pageOf, Upload } from '../../../http/schemas.ts';
import { IMPORT_STATUSES } from '../tables.ts';

export const ImportUpload = v.object({
  /** CSV or XLSX, at most 10 MB and 50,000 rows. */
  file: Upload,
  /** Only tells what would happen. */
  dry_run: v.optional(FlagText),
  /** Takes rows with the name and birth date of somebody who is registered. */
  confirm_duplicate: v.optional(FlagText),
});

export const ImportAccepted = v.object({ id: v.number(), status_url: v.string() });

export const Import = v.object({
  id: v.number(),
  status: v.picklist(IMPORT_STATUSES),
  progress: v.number(),
  file_name: v.string(),
  dry_run: v.boolean(),
  rows_total: v.number(),
  rows_created: v.number(),
  rows_failed: v.number(),
  ignored_columns: v.array(v.string()),
  errors_url: v.nullable(v.string()),
  error: v.nullable(v.string()),
  requested_by: v.number(),
  created_at: InstantOut,
  started_at: v.nullable(InstantOut),
  finished_at: v.nullable(InstantOut),
});

export const ImportPage = pageOf(Import);

export const ImportQuery = listQuery(['created_at'], { status: v.optional(v.picklist(IMPORT_STATUSES)) });
