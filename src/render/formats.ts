/** The forms that a report's file can have; `a4` and `letter` are PDFs on that paper. */
export const FORMATS = ['a4', 'letter', 'xlsx', 'ods', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

type Kind = { extension: string; type: string };

const PDF: Kind = { extension: 'pdf', type: 'application/pdf' };

/** How a file of the format is called and served. */
export const KINDS: Record<Format, Kind> = {
  a4: PDF,
  letter: PDF,
  xlsx: {
    extension: 'xlsx',
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  },
  ods: { extension: 'ods', type: 'application/vnd.oasis.opendocument.spreadsheet' },
  csv: { extension: 'csv', type: 'text/csv; charset=utf-8' },
};
