import * as v from 'valibot';
import { FlagText, Form, InstantOut, listQuery, pageOf } from '../../http/schemas.ts';
import { CELL_TYPES } from '../../render/document.ts';
import { REPORT_TYPES } from './registry.ts';
import { FORMS, RUN_STATUSES } from './tables.ts';

const ReportType = v.picklist(REPORT_TYPES);

/** What a report's parameters are differs; the report judges them itself. */
const Parameters = v.record(v.string(), v.unknown());

export const Wanted = v.object({
  report_type: ReportType,
  parameters: v.optional(Parameters, {}),
  async: v.optional(v.boolean(), false),
});

export const Generated = v.object({
  id: v.number(),
  report_type: v.string(),
  generated_at: InstantOut,
  data: Parameters,
});

export const Accepted = v.object({ id: v.number(), status_url: v.string(), events_url: v.string() });

const Cell = v.nullable(v.union([v.string(), v.number()]));

export const Run = v.object({
  id: v.number(),
  report_type: v.string(),
  title: v.string(),
  parameters: Parameters,
  format: v.picklist(FORMS),
  status: v.picklist(RUN_STATUSES),
  progress: v.number(),
  rows: v.number(),
  download_url: v.nullable(v.string()),
  error: v.nullable(v.string()),
  created_at: InstantOut,
  finished_at: v.nullable(InstantOut),
  expires_at: v.nullable(InstantOut),
});

export const RunPage = pageOf(Run);

export const Reopened = v.object({
  ...v.omit(Run, ['download_url', 'format']).entries,
  generated_at: v.nullable(InstantOut),
  data: v.nullable(Parameters),
});

/** The reports that there are, and a page of those that the caller had generated. */
export const Catalogue = v.object({
  reports: v.array(
    v.object({
      report_type: v.string(),
      title: v.string(),
      description: v.string(),
      parameters: Form.entries.fields,
      path: v.string(),
      table: v.string(),
      methods: v.array(v.string()),
      files: v.object({ pdf: v.string(), excel: v.string(), csv: v.string() }),
    }),
  ),
  ...RunPage.entries,
});

/** A report as its page shows it: what its columns are, and the rows that a person would look through. */
export const ReportTables = v.object({
  title: v.string(),
  /** Rows that the list has; a long one is shown in part. */
  rows: v.number(),
  tables: v.array(
    v.object({
      title: v.string(),
      columns: v.array(
        v.object({
          label: v.string(),
          type: v.picklist(CELL_TYPES),
          align: v.picklist(['left', 'right', 'center']),
        }),
      ),
      rows: v.array(v.array(Cell)),
      totals: v.nullable(v.array(Cell)),
    }),
  ),
});

export const RunQuery = listQuery(['created_at'], {
  status: v.optional(v.picklist(RUN_STATUSES)),
  report_type: v.optional(ReportType),
});

const later = { async: v.optional(FlagText) };

/** What can be chosen of a file, besides the report's own parameters. */
export const FILE_OPTIONS = {
  pdf: { format: v.optional(v.picklist(['a4', 'letter']), 'a4'), ...later },
  excel: { format: v.optional(v.picklist(['xlsx', 'ods']), 'xlsx'), ...later },
  csv: { format: v.optional(v.picklist(['csv']), 'csv'), ...later },
} as const;
