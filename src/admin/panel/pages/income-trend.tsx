import { dayOf } from '../../../render/words.ts';
import { withQuery } from '../api.ts';
import { Line } from '../charts.tsx';
import { useClinic } from '../clinic.ts';
import { money, plusDays, todayIn } from '../format.ts';
import { t } from '../texts.ts';
import { useData } from '../use-data.ts';

const DAYS = 30;

type Revenue = {
  totals: { net: string };
  change_percent: { net: number | null };
  series: { period: string; net: string }[];
};

/** The income of the last days as a line, today included; for whoever reads reports. */
export function IncomeTrend() {
  const { currency, timeZone } = useClinic();
  const end = todayIn(timeZone);
  const start = plusDays(end, 1 - DAYS);
  const { data } = useData<Revenue>(withQuery('/api/reports/statistics/revenue/', { start, end }));
  if (!data) return null;
  const { totals, series, change_percent: change } = data;
  const best = series.reduce((most, day) => (Number(day.net) > Number(most.net) ? day : most), {
    period: end,
    net: '0.00',
  });
  const said = t.dashboard.best(dayOf(best.period), money(best.net, currency));
  return (
    <section class="card">
      <h2>{t.dashboard.trend}</h2>
      <p class="figure">
        <strong>{money(totals.net, currency)}</strong>
      </p>
      <Line values={series.map(({ net }) => Number(net))} label={said} />
      <p class="ends">
        <small>{dayOf(start)}</small>
        <small>{dayOf(end)}</small>
      </p>
      <p>
        <small>
          {said}
          {change.net !== null && ` ${t.dashboard.change(`${change.net > 0 ? '+' : ''}${change.net} %`)}.`}
        </small>
      </p>
    </section>
  );
}
