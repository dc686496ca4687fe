import type * as v from 'valibot';
import type { Ctx } from '../../context.ts';
import type { Language, Text } from '../../errors.ts';
import type { Cell, CellType, Column, Table } from '../../render/document.ts';

/** What a request brings or an answer has, once its own schema has judged it. */
export type Fields = Record<string, unknown>;

/** A row of a report: values by the keys of its columns (and others, that only the JSON answer has). */
export type Row = Record<string, Cell>;

export type ReportColumn<R extends Row> = {
  key: keyof R & string;
  label: Text;
  type: CellType;
  /** How files name the API's values, such as `no_show`. */
  labels?: Record<string, Text>;
  /** About how many characters wide; else what its type usually takes. */
  width?: number;
  align?: Column['align'];
};

/** A table that is small whatever is asked for, such as sums by method. */
export type Summary<R extends Row = Row> = {
  title: Text;
  columns: readonly ReportColumn<R>[];
  rows: readonly R[];
  totals?: Partial<R>;
};

/** The report's own list, which may be long: it is read some rows at a time. */
export type Details<R extends Row> = {
  title: Text;
  columns: readonly ReportColumn<R>[];
  rows: () => AsyncIterable<readonly R[]>;
  totals?: Partial<R>;
};

/** The first and the last day that a report is about. */
export type Period = { from: string; to: string };

/**
 * What a query or a body brings: all texts, or lists that may be written with commas. What it makes of them must satisfy
 * it again, as it is stored and judged once more when a job makes the report.
 */
type ParametersSchema = v.GenericSchema<object, Fields> & { entries: v.ObjectEntries };
type AnswerSchema = v.GenericSchema<object, Fields>;

type Definition<Parameters extends ParametersSchema, Answer extends AnswerSchema, Facts, R extends Row> = {
  /** The name in the paths of files and in `report_type` (contract, "Reports"). */
  type: string;
  /** The JSON answer is at `/api/reports/<path>/`. */
  path: string;
  /** GET always; POST with the parameters as the body where front ends ask so. */
  alsoPost?: boolean;
  title: Text;
  /** What is counted and when, for the API's documentation. */
  about: string;
  parameters: Parameters;
  /** The JSON answer. */
  answer: Answer;
  period: (parameters: v.InferOutput<Parameters>) => Period;
  /** What else was asked for, as label and value, for the heading of a file. */
  asked?: (parameters: v.InferOutput<Parameters>, language: Language) => [label: string, value: string][];
  /** All figures and short lists, summed by the database. Its queries and those of `details` see the same moment. */
  facts: (ctx: Ctx, parameters: v.InferOutput<Parameters>) => Promise<Facts>;
  /** How many rows `details` has. */
  size: (facts: Facts) => number;
  details: (ctx: Ctx, parameters: v.InferOutput<Parameters>, facts: Facts) => Details<R>;
  summaries?: (facts: Facts) => Summary[];
  json: (parameters: v.InferOutput<Parameters>, facts: Facts, rows: readonly R[]) => v.InferOutput<Answer>;
};

/** A report that was opened: its figures are known, its rows are still to be read. */
export type Opened = {
  size: number;
  /** The columns and totals of the own list, and its rows some at a time. */
  details: Omit<Table, 'rows'> & { batches: () => AsyncIterable<readonly (readonly Cell[])[]> };
  summaries: readonly Table[];
  json: () => Promise<Fields>;
};

/** What every form of a report is made from, whatever its parameters. */
export type Report = {
  type: string;
  path: string;
  alsoPost: boolean;
  title: Text;
  about: string;
  parameters: ParametersSchema;
  answer: AnswerSchema;
  period: (parameters: Fields) => Period;
  asked: (parameters: Fields, language: Language) => [label: string, value: string][];
  /** Reads the report as of one moment: what `use` is given is gone when it returns. */
  open: <T>(ctx: Ctx, parameters: Fields, use: (opened: Opened) => Promise<T>) => Promise<T>;
};

/**
 * Declares a report once: its JSON, PDF, Excel, ODS and CSV, its documentation and its line in the catalogue come from
 * this. `parameters` is parsed before any of the functions sees it. To be entered in `registry.ts`.
 */
export function defineReport<
  Parameters extends ParametersSchema,
  Answer extends AnswerSchema,
  Facts,
  R extends Row,
>(definition: Definition<Parameters, Answer, Facts, R>): Report {
  const { type, path, alsoPost = false, title, about, parameters, answer } = definition;
  // What comes in was parsed by `parameters`, whose output this is.
  const typed = (given: Fields) => given as v.InferOutput<Parameters>;
  return {
    type,
    path,
    alsoPost,
    title,
    about,
    parameters,
    answer,
    period: (given) => definition.period(typed(given)),
    asked: (given, language) => definition.asked?.(typed(given), language) ?? [],
    open: (ctx, given, use) =>
      ctx.services.snapshot(async (db) => {
        const reading: Ctx = { ...ctx, db, inTransaction: true };
        const facts = await definition.facts(reading, typed(given));
        const details = definition.details(reading, typed(given), facts);
        const { language } = ctx;
        return use({
          size: definition.size(facts),
          details: {
            ...tableOf({ ...details, rows: [] }, language),
            batches: () => cellsOf(details, language),
          },
          summaries: (definition.summaries?.(facts) ?? []).map((one) => tableOf(one, language)),
          json: async () => definition.json(typed(given), facts, await all(details.rows())),
        });
      }),
  };
}

const WIDTHS: Record<CellType, number> = {
  text: 24,
  int: 9,
  money: 12,
  percent: 9,
  date: 12,
  time: 7,
  datetime: 17,
};
const RIGHT: readonly CellType[] = ['int', 'money', 'percent'];

function tableOf<R extends Row>({ title, columns, rows, totals }: Summary<R>, language: Language): Table {
  const cells = cellsIn(columns, language);
  return {
    title: title[language],
    columns: columns.map(({ label, type, width = WIDTHS[type], align }) => ({
      label: label[language],
      type,
      width,
      align: align ?? (RIGHT.includes(type) ? 'right' : 'left'),
    })),
    rows: rows.map(cells),
    totals: totals ? columns.map(({ key }) => totals[key] ?? null) : null,
  };
}

async function* cellsOf<R extends Row>(
  { columns, rows }: Details<R>,
  language: Language,
): AsyncGenerator<Cell[][]> {
  const cells = cellsIn(columns, language);
  for await (const batch of rows()) yield batch.map(cells);
}

/** How the columns show a row. */
const cellsIn =
  <R extends Row>(columns: readonly ReportColumn<R>[], language: Language) =>
  (row: R): Cell[] =>
    columns.map(({ key, labels }) => {
      const value = row[key] ?? null;
      return labels !== undefined && typeof value === 'string' ? (labels[value]?.[language] ?? value) : value;
    });

async function all<R>(batches: AsyncIterable<readonly R[]>): Promise<R[]> {
  const rows: R[] = [];
  for await (const batch of batches) for (const row of batch) rows.push(row);
  return rows;
}
