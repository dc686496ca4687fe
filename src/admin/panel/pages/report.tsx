import { useEffect, useState } from 'preact/hooks';
import { withQuery } from '../api.ts';
import type { Field, ReportEntry, ReportTables } from '../api-types.ts';
import { useClinic } from '../clinic.ts';
import { Failure } from '../failure.tsx';
import { FormFields, type Values } from '../form-fields.tsx';
import { count, todayIn } from '../format.ts';
import { replaceQuery, useRoute } from '../route.ts';
import { Table } from '../table.tsx';
import { t } from '../texts.ts';
import { useData } from '../use-data.ts';
import { ExportButtons } from './export-buttons.tsx';

/** The page of one report, made from its definition; `part` is its type. */
export function Report({ part: type }: { part: string }) {
  const { data, error, reload } = useData<{ reports: ReportEntry[] }>('/api/reports/');
  const report = data?.reports.find(({ report_type: one }) => one === type);
  return (
    <>
      <p class="way">
        <a href="#/reportes">← {t.reports.title}</a>
      </p>
      <header class="page">
        <h1>{report?.title ?? (data ? t.nowhere : t.loading)}</h1>
      </header>
      <Failure error={error} retry={reload} />
      {report && <ReportBody report={report} />}
    </>
  );
}

/** What was asked for is in the address, so that it can be kept, sent and come back to. */
function ReportBody({ report }: { report: ReportEntry }) {
  const fields = report.parameters as unknown as Field[];
  const { query } = useRoute();
  const { timeZone } = useClinic();
  const asked = query.size > 0 ? Object.fromEntries(query) : usual(fields, todayIn(timeZone));
  const address = withQuery(report.table, asked);
  const [values, setValues] = useState<Values>({});
  useEffect(() => setValues(valuesOf(fields, asked)), [address]);
  const { data, error, isLoading, reload } = useData<ReportTables>(address);

  const ask = () => {
    const next = Object.fromEntries(
      Object.entries(values)
        .map(([name, value]): [string, string] => [name, Array.isArray(value) ? value.join(',') : value])
        .filter(([, text]) => text !== ''),
    );
    replaceQuery(new URLSearchParams(next));
    if (withQuery(report.table, next) === address) reload();
  };

  const isInvalid = error?.code === 'VALIDATION_ERROR';
  return (
    <>
      <form
        class="card parameters"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <FormFields
          fields={fields}
          values={values}
          error={error}
          onChange={(name, value) => setValues((last) => ({ ...last, [name]: value }))}
        />
        <button disabled={isLoading}>{t.reports.show}</button>
      </form>
      {!isInvalid && <Failure error={error} retry={reload} />}
      {data && !error && (
        <div aria-busy={isLoading}>
          <ExportButtons report={report} query={asked} />
          {data.tables.map((table, i) => (
            <Table key={table.title} table={table} caption={i === 0 ? sizeOf(data) : ''} />
          ))}
        </div>
      )}
    </>
  );
}

function sizeOf({ rows, tables }: ReportTables): string {
  const shown = tables[0]?.rows.length ?? 0;
  if (shown < rows) return t.reports.partly(shown, count(rows));
  return rows === 1 ? t.reports.oneRow : t.reports.rows(count(rows));
}

/** What people mostly want to see: today, or the month so far. */
function usual(fields: readonly Field[], today: string): Record<string, string> {
  const days = fields.filter(({ type }) => type === 'date').slice(0, 2);
  const required = days.filter((field) => field.required);
  const [from, to] = required.length > 0 ? required : days.slice(0, 1);
  if (!from) return {};
  return to ? { [from.name]: `${today.slice(0, 8)}01`, [to.name]: today } : { [from.name]: today };
}

const valuesOf = (fields: readonly Field[], asked: Record<string, string>): Values =>
  Object.fromEntries(
    fields.map(({ name, type }) => {
      const text = asked[name] ?? '';
      return [name, type === 'multiselect' ? text.split(',').filter(Boolean) : text];
    }),
  );
