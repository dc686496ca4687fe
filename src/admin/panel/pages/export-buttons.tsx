import { useEffect, useRef, useState } from 'preact/hooks';
import { call, read, send, withQuery } from '../api.ts';
import { ApiError } from '../api-error.ts';
import type { ReportEntry, Run } from '../api-types.ts';
import { download, saveFile } from '../download.ts';
import { eventsOf } from '../events.ts';
import { Failure } from '../failure.tsx';
import { t } from '../texts.ts';
import { useAction } from '../use-action.ts';

const FORMS = [
  { name: 'PDF', kind: 'pdf', format: 'a4' },
  { name: 'Excel', kind: 'excel', format: 'xlsx' },
  { name: 'ODS', kind: 'excel', format: 'ods' },
  { name: 'CSV', kind: 'csv', format: 'csv' },
] as const;

type Form = (typeof FORMS)[number];
type Making = { name: string; id: number | null; progress: number };
type Accepted = { id: number; events_url: string };

const pathOf = (url: string): string => new URL(url).pathname;

/** The report as a file: at once, or, when it is long, followed while a job makes it. */
export function ExportButtons({ report, query }: { report: ReportEntry; query: Record<string, string> }) {
  const [making, setMaking] = useState<Making>();
  const [said, setSaid] = useState('');
  const gone = useRef(new AbortController());
  useEffect(() => () => gone.current.abort(), []);

  const { run, isBusy, error } = useAction(async ({ name, kind, format }: Form) => {
    const { signal } = gone.current;
    setSaid('');
    setMaking({ name, id: null, progress: 0 });
    try {
      const response = await send('GET', withQuery(report.files[kind], { ...query, format }), { signal });
      if (response.status === 202) {
        const { id, events_url: events } = (await response.json()) as Accepted;
        const done = await followRun(id, pathOf(events), signal, (progress) =>
          setMaking({ name, id, progress }),
        );
        if (done === null) return setSaid(t.reports.stopped);
        await download(pathOf(done));
      } else {
        await saveFile(response);
      }
      setSaid(t.reports.made(name));
    } finally {
      setMaking(undefined);
    }
  });

  const stop = useAction((id: number) => call<void>('DELETE', `/api/exports/${id}/`));

  return (
    <section class="exports" aria-label={t.reports.files}>
      <div class="buttons">
        {FORMS.map((form) => (
          <button key={form.name} type="button" class="plain" disabled={isBusy} onClick={() => run(form)}>
            {form.name}
          </button>
        ))}
      </div>
      {making && (
        <p class="making">
          <label>
            {t.reports.making(making.name)}{' '}
            <progress max={100} {...(making.id === null ? {} : { value: making.progress })} />
          </label>
          {making.id !== null && (
            <>
              {' '}
              {making.progress} %
              <button type="button" class="plain" onClick={() => stop.run(making.id ?? 0)}>
                {t.cancel}
              </button>
            </>
          )}
        </p>
      )}
      <p role="status">{said}</p>
      <Failure error={error ?? stop.error} />
    </section>
  );
}

/** Milliseconds between two looks at a job where its stream does not come through. */
const LOOK_AGAIN = 2_000;

/**
 * Follows a job until its file is there, and returns the address of it; null when it was cancelled.
 * @throws ApiError when the job fails
 */
async function followRun(
  id: number,
  events: string,
  signal: AbortSignal,
  onProgress: (percent: number) => void,
): Promise<string | null> {
  for (;;) {
    try {
      for await (const { kind, data } of eventsOf(events, signal)) {
        if (kind === 'cancelled') return null;
        const ended = endOf(data as Run);
        if (ended) return ended;
        onProgress((data as Run).progress);
      }
    } catch (error) {
      if (signal.aborted || (error instanceof ApiError && error.status !== 0)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    const run = await read<Run>(`/api/exports/${id}/`, signal);
    const ended = endOf(run);
    if (ended) return ended;
    onProgress(run.progress);
  }
}

function endOf({ status, download_url: url, error }: Run): string | undefined {
  if (status === 'failed') throw new ApiError(500, 'EXPORT_FAILED', error ?? t.unreachable);
  return status === 'done' ? (url ?? undefined) : undefined;
}
