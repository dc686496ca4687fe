import { dayOf } from '../../../render/words.ts';
import type { Run } from '../api-types.ts';
import { download } from '../download.ts';
import { Failure } from '../failure.tsx';
import { count, timeOf } from '../format.ts';
import { t } from '../texts.ts';
import { useAction } from '../use-action.ts';

/** The files that jobs made for the reader, for as long as they are kept. */
export function KeptFiles({ runs }: { runs: readonly Run[] }) {
  const { run: get, isBusy, error } = useAction(download);
  return (
    <section>
      <h2>{t.reports.kept}</h2>
      <Failure error={error} />
      <ul class="rows">
        {runs.map(({ id, title, format, status, created_at: at, rows, download_url: url, error: why }) => (
          <li key={id}>
            <span>
              {title} <small>{format.toUpperCase()}</small>
              <small>
                {dayOf(at)} {timeOf(at)} · {t.reports.rows(count(rows))}
              </small>
            </span>
            {url !== null && status === 'done' ? (
              <button
                type="button"
                class="plain"
                disabled={isBusy}
                aria-label={`${t.reports.download}: ${title}, ${dayOf(at)} ${timeOf(at)}`}
                onClick={() => get(new URL(url).pathname)}
              >
                {t.reports.download}
              </button>
            ) : (
              <span>{why ?? status}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
