import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { read } from '../api.ts';
import { Failure } from '../failure.tsx';
import { timeOf } from '../format.ts';
import { StatusContext, useStatusLooks } from '../statuses.ts';
import { t } from '../texts.ts';
import { useAction } from '../use-action.ts';
import { useData } from '../use-data.ts';
import { useStream } from '../use-stream.ts';
import { IncomeTrend } from './income-trend.tsx';
import type { DashboardData, WidgetName } from './widget-types.ts';
import { VIEWS } from './widgets.tsx';

/** How old a copy may be before the reader is warned, and how often that is looked at, in seconds. */
const OLD = 60;
const LOOK = 15;
/** Milliseconds between two readings while the stream is away. */
const FALL_BACK = 30_000;

const NAMES = Object.keys(VIEWS) as WidgetName[];

/** The figures of the reader's role, as they change. */
export function Dashboard() {
  const { data, error, reload, change } = useData<DashboardData>('/api/dashboard/');
  const looks = useStatusLooks();
  const isLive = useStream('/api/dashboard/stream/', ({ data: told }) => change(() => told as DashboardData));
  const refresh = useAction(async () => {
    const fresh = await read<DashboardData>('/api/dashboard/refresh/');
    change(() => fresh);
  });
  useEffect(() => {
    if (isLive) return;
    const timer = setInterval(reload, FALL_BACK);
    return () => clearInterval(timer);
  }, [isLive]);

  const names = NAMES.filter((name) => data?.widgets[name] !== undefined);
  return (
    <StatusContext.Provider value={looks}>
      <header class="page">
        <h1>{t.nav.dashboard}</h1>
        {data && <Age data={data} isLive={isLive} />}
        <button type="button" class="plain" disabled={refresh.isBusy} onClick={() => refresh.run()}>
          {t.dashboard.refresh}
        </button>
      </header>
      <Failure error={refresh.error ?? error} retry={reload} />
      {data && names.length === 0 && <p>{t.dashboard.nothing}</p>}
      <div class="widgets">
        {data?.widgets.revenue_today && <IncomeTrend key={data.widgets.revenue_today.net} />}
        {data &&
          names.map((name) => (
            <section key={name} class={`card ${name}`}>
              <h2>{t.dashboard.widgets[name]}</h2>
              <Widget name={name} data={data} />
            </section>
          ))}
      </div>
    </StatusContext.Provider>
  );
}

function Widget({ name, data }: { name: WidgetName; data: DashboardData }) {
  // Name and data belong together, which the type of an index does not say.
  const View = VIEWS[name] as FunctionComponent<{ data: unknown }>;
  return <View data={data.widgets[name]} />;
}

/** When the figures are of; a warning when they are the last good ones and nothing newer can be had. */
function Age({ data, isLive }: { data: DashboardData; isLive: boolean }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK * 1000);
    return () => clearInterval(timer);
  }, []);
  const age = Math.max(data.age_seconds, (now - Date.parse(data.generated_at)) / 1000);
  const isOld = !isLive && data.cached && age > OLD;
  return (
    <p class={isOld ? 'age old' : 'age'}>
      {isOld ? t.dashboard.old(Math.round(age / 60)) : t.dashboard.at(timeOf(data.generated_at))} ·{' '}
      {isLive ? t.dashboard.live : t.dashboard.notLive}
    </p>
  );
}
