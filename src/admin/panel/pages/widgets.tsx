import type { ComponentChildren } from 'preact';
import { Bars, Dot, Gauge, Parts } from '../charts.tsx';
import { useClinic } from '../clinic.ts';
import { count, hours, money, timeOf } from '../format.ts';
import { useStatusLook } from '../statuses.ts';
import { t } from '../texts.ts';
import type { WidgetData, WidgetName } from './widget-types.ts';

const words = t.dashboard;

type Views = { [Name in WidgetName]: (props: { data: WidgetData[Name] }) => ComponentChildren };

const Figure = ({ value, text }: { value: string; text?: string }) => (
  <p class="figure">
    <strong>{value}</strong> {text}
  </p>
);

const Money = ({ amount, text }: { amount: string; text?: string }) => (
  <Figure value={money(amount, useClinic().currency)} {...(text === undefined ? {} : { text })} />
);

function States({ counts }: { counts: Record<string, number> }) {
  const look = useStatusLook();
  return <Parts parts={Object.entries(counts).map(([status, value]) => ({ ...look(status), value }))} />;
}

function Agenda({ data, withDay = false }: { data: WidgetData['my_agenda']; withDay?: boolean }) {
  const look = useStatusLook();
  if (data.length === 0) return <p>{words.nobody}</p>;
  return (
    <ol class="agenda">
      {data.map(({ id, date_time: at, patient, therapist, room, status }) => (
        <li key={id}>
          <time dateTime={at}>
            {timeOf(at)}
            {withDay && <small>{`${at.slice(8, 10)}/${at.slice(5, 7)}`}</small>}
          </time>
          <span>
            {patient}
            <small>{[therapist, room].filter(Boolean).join(' · ')}</small>
            <small>
              <Dot color={look(status).color} />
              {look(status).label}
            </small>
          </span>
        </li>
      ))}
    </ol>
  );
}

const Occupied = ({ label, data }: { label: string; data: WidgetData['occupancy']['today'] }) => (
  <figure>
    <Gauge percent={data.occupancy} />
    <figcaption>
      {label}
      <small>{words.hours(words.ofMinutes(hours(data.booked_minutes), hours(data.offered_minutes)))}</small>
    </figcaption>
  </figure>
);

const signed = (percent: number): string => `${percent > 0 ? '+' : ''}${percent} %`;

function ByMethod({ data }: { data: WidgetData['revenue_by_method'] }) {
  const { currency } = useClinic();
  if (data.length === 0) return <p>{words.noMoney}</p>;
  return (
    <Bars
      bars={data.map(({ method, net }) => ({
        label: method.charAt(0).toUpperCase() + method.slice(1),
        value: Number(net),
        text: money(net, currency),
      }))}
    />
  );
}

function RevenueToday({ data }: { data: WidgetData['revenue_today'] }) {
  const { currency } = useClinic();
  return (
    <>
      <Money amount={data.net} text={words.payments(data.payments)} />
      {data.refunds > 0 && <p>{words.refunds(data.refunds, money(data.refunded, currency))}</p>}
    </>
  );
}

/** How each widget is shown, in the order of the page. */
export const VIEWS: Views = {
  appointments_today: ({ data }) => (
    <>
      <Figure value={count(data.total)} />
      <States counts={data.by_status} />
    </>
  ),
  my_agenda: ({ data }) => <Agenda data={data} />,
  revenue_today: RevenueToday,
  revenue_by_method: ByMethod,
  pending_tickets: ({ data }) => (
    <>
      <Money amount={data.amount} text={words.tickets(data.count)} />
      <p>
        <small>{words.days30}</small>
      </p>
    </>
  ),
  therapist_load: ({ data }) =>
    data.length === 0 ? (
      <p>{words.nobody}</p>
    ) : (
      <Bars
        max={100}
        bars={data.map(({ therapist, appointments, booked_minutes: booked, occupancy }) => ({
          label: therapist,
          value: occupancy ?? 0,
          text: `${words.appointments(appointments)} · ${occupancy === null ? words.hours(hours(booked)) : `${Math.round(occupancy)} %`}`,
        }))}
      />
    ),
  occupancy: ({ data }) => (
    <div class="pair">
      <Occupied label={words.today} data={data.today} />
      <Occupied label={words.week} data={data.this_week} />
    </div>
  ),
  no_show_rate: ({ data }) => (
    <div class="pair">
      <figure>
        <Gauge percent={data.rate} />
        <figcaption>
          {words.days30}
          <small>{words.noShows(data.no_show, data.no_show + data.completed)}</small>
          {data.change_percent !== null && <small>{words.change(signed(data.change_percent))}</small>}
        </figcaption>
      </figure>
    </div>
  ),
  appointments_by_status: ({ data }) => <States counts={data.by_status} />,
  new_patients: ({ data }) => (
    <Bars
      bars={[
        { label: words.today, value: data.today, text: count(data.today) },
        { label: words.week, value: data.this_week, text: count(data.this_week) },
        { label: words.month, value: data.this_month, text: count(data.this_month) },
      ]}
    />
  ),
  upcoming_appointments: ({ data }) => <Agenda data={data} withDay />,
};
