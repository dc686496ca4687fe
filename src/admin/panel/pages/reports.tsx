import type { ReportEntry, Run } from '../api-types.ts';
import { Failure } from '../failure.tsx';
import { t } from '../texts.ts';
import { useData } from '../use-data.ts';
import { KeptFiles } from './kept-files.tsx';

/** The reports that there are. */
export function Reports() {
  const { data, error, reload } = useData<{ reports: ReportEntry[] }>('/api/reports/');
  const files = useData<{ results: Run[] }>('/api/exports/?page_size=10');
  return (
    <>
      <header class="page">
        <h1>{t.reports.title}</h1>
      </header>
      <Failure error={error ?? files.error} retry={reload} />
      <ul class="cards">
        {data?.reports.map(({ report_type: type, title }) => (
          <li key={type} class="card">
            <a href={`#/reportes/${type}`}>{title}</a>
          </li>
        ))}
      </ul>
      {files.data && files.data.results.length > 0 && <KeptFiles runs={files.data.results} />}
    </>
  );
}
