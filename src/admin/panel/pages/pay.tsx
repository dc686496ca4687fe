import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../api.ts';
import type { Appointment, Field } from '../api-types.ts';
import { useClinic } from '../clinic.ts';
import { Dialog } from '../dialog.tsx';
import { Failure } from '../failure.tsx';
import { optionsOf } from '../form-fields.tsx';
import { money } from '../format.ts';
import { onceKeys } from '../idempotency.ts';
import { Labelled } from '../labelled.tsx';
import { t } from '../texts.ts';
import { useAction } from '../use-action.ts';
import { useData } from '../use-data.ts';

type Ticket = NonNullable<Appointment['ticket']>;

type Props = {
  who: string;
  ticket: Ticket;
  onPaid: (paid: Pick<Ticket, 'status'>) => void;
  onClose: () => void;
};

/** Takes the money for a ticket, all of it and once. */
export function Pay({ who, ticket, onPaid, onClose }: Props) {
  const { currency } = useClinic();
  const form = useData<{ fields: Field[] }>('/api/forms/appointments-tickets-pay/');
  const field = form.data?.fields.find(({ name }) => name === 'payment_method');
  const methods = field ? optionsOf(field) : [];
  const [chosen, setChosen] = useState('');
  const method = chosen || (methods[0]?.value ?? '');
  const [note, setNote] = useState('');
  const keyFor = useRef(onceKeys());

  const radios = useRef<HTMLFieldSetElement>(null);
  const isReady = methods.length > 0;
  useEffect(() => radios.current?.querySelector('input')?.focus(), [isReady]);

  const { run, isBusy, error } = useAction(async () => {
    const body = {
      payment_method: method,
      // The amount that is on the screen: the API refuses if it is not the ticket's any more.
      amount: ticket.amount,
      ...(note.trim() === '' ? {} : { description: note.trim() }),
    };
    const path = `/api/appointments/tickets/${ticket.id}/pay/`;
    const { status } = await call<Ticket>('POST', path, { body, key: keyFor.current(body) });
    onPaid({ status });
  });

  return (
    <Dialog title={t.pay.title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <p>
          <strong>{who}</strong> <small>{ticket.ticket_number}</small>
        </p>
        <fieldset ref={radios}>
          <legend>{t.pay.method}</legend>
          <div class="choices">
            {methods.map(({ value, label }) => (
              <label key={value}>
                <input
                  type="radio"
                  name="payment_method"
                  checked={method === value}
                  onChange={() => setChosen(value)}
                />
                {label}
              </label>
            ))}
          </div>
        </fieldset>
        <Labelled label={t.pay.note} isOptional>
          {(ties) => (
            <input
              {...ties}
              maxLength={255}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Labelled>
        <Failure error={error ?? form.error} />
        <div class="buttons">
          <button disabled={isBusy || method === ''}>{t.pay.submit(money(ticket.amount, currency))}</button>
          <button type="button" class="plain" onClick={onClose}>
            {t.back}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
