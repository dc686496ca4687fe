import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { dayOf } from '../../../render/words.ts';
import { call, withQuery } from '../api.ts';
import type { Jobs } from '../api-types.ts';
import { Failure } from '../failure.tsx';
import { count, timeOf } from '../format.ts';
import { Labelled } from '../labelled.tsx';
import { useNotice } from '../notice.ts';
import { t } from '../texts.ts';
import { useAction } from '../use-action.ts';
import { useData } from '../use-data.ts';

const words = t.queues;
const STATES = Object.keys(words.states) as (keyof typeof words.states)[];
/** Milliseconds between two looks. */
const LOOK_AGAIN = 5_000;

const at = (instant: string | null): string =>
  instant === null ? '' : `${dayOf(instant)} ${timeOf(instant)}`;

/** What happens behind the requests, for either engine: queues, providers, threads, and jobs that failed. */
export function Queues() {
  const [queue, setQueue] = useState('');
  const [state, setState] = useState('failed');
  const [page, setPage] = useState(1);
  const { data, error, reload } = useData<Jobs>(withQuery('/api/jobs/', { queue, state, page }));
  useEffect(() => {
    const timer = setInterval(reload, LOOK_AGAIN);
    return () => clearInterval(timer);
  }, []);
  const select = (change: (value: string) => void) => (event: { currentTarget: { value: string } }) => {
    change(event.currentTarget.value);
    setPage(1);
  };

  return (
    <>
      <header class="page">
        <h1>{words.title}</h1>
      </header>
      <Failure error={error} retry={reload} />
      {data && <Machinery data={data} />}
      <div class="bar">
        <h2>{words.jobs(data?.count ?? 0)}</h2>
        <Labelled label={words.queue}>
          {(ties) => (
            <select {...ties} value={queue} onChange={select(setQueue)}>
              <option value="">{words.all}</option>
              {data?.queues.map(({ queue: name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <Labelled label={words.state}>
          {(ties) => (
            <select {...ties} value={state} onChange={select(setState)}>
              {STATES.map((name) => (
                <option key={name} value={name}>
                  {words.states[name]}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      </div>
      {data && <JobTable jobs={data.results} onRetried={reload} />}
      <div class="buttons">
        {data?.previous && (
          <button type="button" class="plain" onClick={() => setPage(page - 1)}>
            {words.newer}
          </button>
        )}
        {data?.next && (
          <button type="button" class="plain" onClick={() => setPage(page + 1)}>
            {words.older}
          </button>
        )}
      </div>
    </>
  );
}

function Machinery({ data }: { data: Jobs }) {
  const wording: Record<string, string> = words.words;
  const say = (word: string, isGood: boolean) => (
    <td class={isGood ? undefined : 'bad'}>{wording[word] ?? word}</td>
  );
  return (
    <>
      <Grid isFigures title={words.queues} heads={[words.queue, ...STATES.map((name) => words.states[name])]}>
        {data.queues.map((queue) => (
          <tr key={queue.queue}>
            <th scope="row">{queue.queue}</th>
            {STATES.map((name) => (
              <td key={name} class={name === 'failed' && queue[name] > 0 ? 'right bad' : 'right'}>
                {count(queue[name])}
              </td>
            ))}
          </tr>
        ))}
      </Grid>
      <Grid title={words.providers} heads={[words.provider, words.state]}>
        {Object.entries(data.providers).map(([name, state]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {say(state, state === 'closed')}
          </tr>
        ))}
      </Grid>
      <Grid title={words.threads} heads={[words.thread, words.state, words.restarts, words.since]}>
        {data.threads.map(({ queue, index, state, restarts, since }) => (
          <tr key={`${queue} ${index}`}>
            <th scope="row">
              {queue} {index + 1}
            </th>
            {say(state, state === 'running')}
            <td class={restarts > 0 ? 'bad' : undefined}>{restarts}</td>
            <td>{at(since)}</td>
          </tr>
        ))}
      </Grid>
      <Grid title={words.outbox} heads={[words.states.waiting, words.setAside]}>
        <tr>
          <td>{count(data.outbox.waiting)}</td>
          <td class={data.outbox.set_aside > 0 ? 'bad' : undefined}>{count(data.outbox.set_aside)}</td>
        </tr>
      </Grid>
    </>
  );
}

function JobTable({ jobs, onRetried }: { jobs: Jobs['results']; onRetried: () => void }) {
  const tell = useNotice();
  const { run, isBusy, error } = useAction(async (queue: string, id: string) => {
    const path = `/api/jobs/${queue}/${encodeURIComponent(id)}/retry/`;
    tell((await call<{ success_message: string }>('POST', path)).success_message);
    onRetried();
  });
  const heads = [words.queue, words.job, words.attempts, words.reason, words.created, words.finished, ''];
  return (
    <>
      <Failure error={error} />
      <Grid title="" heads={heads}>
        {jobs.map(
          ({ id, queue, name, attempts, failed_reason: why, created_at: made, finished_at: end, state }) => (
            <tr key={`${queue} ${id}`}>
              <td>{queue}</td>
              <th scope="row">{name}</th>
              <td>{attempts}</td>
              <td class="reason">{why}</td>
              <td>{at(made)}</td>
              <td>{at(end)}</td>
              <td>
                {state === 'failed' && (
                  <button type="button" class="plain" disabled={isBusy} onClick={() => run(queue, id)}>
                    {words.retry}
                  </button>
                )}
              </td>
            </tr>
          ),
        )}
        {jobs.length === 0 && (
          <tr>
            <td colSpan={heads.length}>{words.none}</td>
          </tr>
        )}
      </Grid>
    </>
  );
}

type GridProps = {
  title: string;
  heads: readonly string[];
  /** All but the first column are figures. */
  isFigures?: boolean;
  children: ComponentChildren;
};

const Grid = ({ title, heads, isFigures = false, children }: GridProps) => (
  <section
    class={isFigures ? 'table figures' : 'table'}
    tabIndex={0}
    aria-label={`${title || words.title}, ${t.reports.scroll}`}
  >
    <table>
      {title && <caption>{title}</caption>}
      <thead>
        <tr>
          {heads.map((head) =>
            head === '' ? (
              <td key={head} />
            ) : (
              <th key={head} scope="col">
                {head}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </section>
);
