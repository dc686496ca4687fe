import { useRef, useState } from 'preact/hooks';
import { call } from '../api.ts';
import { ApiError } from '../api-error.ts';
import type { Appointment } from '../api-types.ts';
import { Dot } from '../charts.tsx';
import { useClinic } from '../clinic.ts';
import { Failure } from '../failure.tsx';
import { money, timeOf } from '../format.ts';
import { useNotice } from '../notice.ts';
import { type Action, actionsFor, FINAL } from '../status-actions.ts';
import { useStatusLook } from '../statuses.ts';
import { t } from '../texts.ts';
import { useAction } from '../use-action.ts';
import { AreYouSure } from './are-you-sure.tsx';
import { Pay } from './pay.tsx';

type Props = {
  appointment: Appointment;
  onChanged: (appointment: Appointment) => void;
  /** It is no longer as it is shown here. */
  onStale: () => void;
};

/** One appointment: when, who, with whom, how it stands, and what can be done with it now. */
export function AppointmentRow({ appointment, onChanged, onStale }: Props) {
  const { id, patient, therapist, room, status, status_label: label, ticket } = appointment;
  const clinic = useClinic();
  const look = useStatusLook();
  const tell = useNotice();
  const row = useRef<HTMLLIElement>(null);
  const [asking, setAsking] = useState<Action>();
  const [isPaying, setPaying] = useState(false);
  const who = patient.full_name;

  const { run, isBusy, error } = useAction(async (action: Action, reason: string) => {
    const body = { status: action, ...(reason === '' ? {} : { reason }) };
    setAsking(undefined);
    try {
      const changed = await call<Appointment>('PATCH', `/api/appointments/${id}/status/`, { body });
      onChanged(changed);
      tell(t.today.done(who, changed.status_label.toLowerCase()));
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status !== 0) onStale();
      throw thrown;
    } finally {
      row.current?.focus();
    }
  });

  const start = (action: Action) => (FINAL.includes(action) ? setAsking(action) : run(action, ''));
  const mayPay = ticket?.status === 'pending' && status !== 'cancelled' && clinic.may('tickets:pay');
  const isOver = ['completed', 'cancelled', 'no_show'].includes(status);
  return (
    <li ref={row} tabIndex={-1} class={isOver ? 'over' : undefined}>
      <p class="time">
        <time dateTime={appointment.date_time}>{timeOf(appointment.date_time)}</time>
        <small>{t.today.minutes(appointment.duration)}</small>
      </p>
      <p class="person">
        <strong>{who}</strong>
        <small>
          {patient.document_number} · {therapist.full_name}
          {room && ` · ${room}`}
        </small>
      </p>
      <p class="state">
        <Dot color={look(status).color} />
        {label}
      </p>
      <p class="ticket">
        {mayPay ? (
          <button
            type="button"
            aria-label={`${t.today.pay(money(ticket.amount, clinic.currency))}: ${who}`}
            onClick={() => setPaying(true)}
          >
            {t.today.pay(money(ticket.amount, clinic.currency))}
          </button>
        ) : (
          ticket && (
            <span class={ticket.status}>
              {t.today.ticket[ticket.status]} <small>{money(ticket.amount, clinic.currency)}</small>
            </span>
          )
        )}
      </p>
      <div class="actions" role="group" aria-label={t.today.actionsOf(who)}>
        {actionsFor(appointment, clinic).map((action) => (
          <button
            key={action}
            type="button"
            class="plain"
            disabled={isBusy}
            aria-label={`${t.today.actions[action]}: ${who}`}
            onClick={() => start(action)}
          >
            {t.today.actions[action]}
          </button>
        ))}
      </div>
      <Failure error={error} />
      {asking && (
        <AreYouSure
          action={asking}
          appointment={appointment}
          onNo={() => setAsking(undefined)}
          onYes={(reason) => run(asking, reason)}
        />
      )}
      {isPaying && ticket && (
        <Pay
          who={who}
          ticket={ticket}
          onClose={() => {
            setPaying(false);
            row.current?.focus();
          }}
          onPaid={(paid) => {
            onChanged({ ...appointment, ticket: { ...ticket, ...paid } });
            tell(t.pay.done(who, money(ticket.amount, clinic.currency)));
            setPaying(false);
            row.current?.focus();
          }}
        />
      )}
    </li>
  );
}
