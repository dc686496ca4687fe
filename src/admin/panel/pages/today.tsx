import { useEffect, useRef, useState } from 'preact/hooks';
import type { Appointment } from '../api-types.ts';
import { ChoiceSelect } from '../choice-select.tsx';
import { useClinic } from '../clinic.ts';
import { Failure } from '../failure.tsx';
import { dayInWords, plain, plusDays, todayIn } from '../format.ts';
import { Labelled } from '../labelled.tsx';
import { readAll } from '../page-of.ts';
import { replaceQuery, useRoute } from '../route.ts';
import { StatusContext, useStatusLooks } from '../statuses.ts';
import { t } from '../texts.ts';
import { useReading } from '../use-data.ts';
import { useStream } from '../use-stream.ts';
import { AppointmentRow } from './appointment-row.tsx';
import { Book } from './book.tsx';
import { moveFocus } from './move-focus.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** Milliseconds after which the list is read again though nothing was heard of a change. */
const READ_AGAIN = 60_000;

const OPEN = ['pending', 'confirmed', 'in_progress'];

/** The appointments of a day, for the person at the desk with a queue in front of her. */
export function Today() {
  const { user, may, timeZone } = useClinic();
  const { query } = useRoute();
  const today = todayIn(timeZone);
  const day = query.get('dia') ?? today;
  const therapist = query.get('terapeuta') ?? '';
  const [sought, setSought] = useState('');
  const [isBooking, setBooking] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const looks = useStatusLooks();

  const { data, error, isLoading, reload, change } = useReading(`${day} ${therapist}`, () =>
    readAll<Appointment>('/api/appointments/', {
      date_from: day,
      date_to: day,
      therapist_id: therapist,
      ordering: 'date_time',
    }),
  );
  useStream('/api/dashboard/stream/', reload);
  useEffect(() => {
    const timer = setInterval(reload, READ_AGAIN);
    return () => clearInterval(timer);
  }, []);

  const mayBook = may('appointments:create');
  useShortcuts({
    KeyN: () => mayBook && setBooking(true),
    KeyB: () => search.current?.focus(),
  });

  const show = (next: { dia?: string; terapeuta?: string }) => {
    const given = { dia: day, terapeuta: therapist, ...next };
    replaceQuery(new URLSearchParams(Object.entries(given).filter(([, value]) => value !== '')));
  };
  const changed = (one: Appointment) =>
    change((all) => all.map((other) => (other.id === one.id ? one : other)));
  const found = data?.filter((one) => matches(one, sought));

  return (
    <StatusContext.Provider value={looks}>
      <header class="page">
        <h1>
          {t.today.title}
          <small>{dayInWords(day)}</small>
        </h1>
        {mayBook && (
          <button type="button" aria-keyshortcuts="Alt+N" onClick={() => setBooking(true)}>
            {t.today.book}
          </button>
        )}
      </header>
      <div class="bar">
        <div class="days">
          <button
            type="button"
            class="plain"
            aria-label={t.today.previous}
            onClick={() => show({ dia: plusDays(day, -1) })}
          >
            ‹
          </button>
          <input
            type="date"
            aria-label={t.today.day}
            value={day}
            onChange={(event) => show({ dia: event.currentTarget.value || today })}
          />
          <button
            type="button"
            class="plain"
            aria-label={t.today.next}
            onClick={() => show({ dia: plusDays(day, 1) })}
          >
            ›
          </button>
          {day !== today && (
            <button type="button" class="plain" onClick={() => show({ dia: today })}>
              {t.today.today}
            </button>
          )}
        </div>
        {user.therapist_id === null && (
          <Labelled label={t.today.therapist}>
            {(ties) => (
              <ChoiceSelect
                path="/api/therapists/"
                ties={ties}
                value={therapist}
                none={t.today.everybody}
                change={(value) => show({ terapeuta: value })}
              />
            )}
          </Labelled>
        )}
        <Labelled label={t.today.find}>
          {(ties) => (
            <input
              {...ties}
              ref={search}
              type="search"
              aria-keyshortcuts="Alt+B"
              placeholder={t.today.findHint}
              value={sought}
              onInput={(event) => setSought(event.currentTarget.value)}
              onKeyDown={(event) => moveFocus(event, list.current)}
            />
          )}
        </Labelled>
      </div>
      <Failure error={error} retry={reload} />
      <p class="count">
        {data ? t.today.count(data.length, data.filter(({ status }) => OPEN.includes(status)).length) : ''}
        <small class="keys">{t.today.keys}</small>
      </p>
      <ul
        ref={list}
        class="appointments"
        aria-busy={isLoading && !data}
        aria-label={t.today.title}
        onKeyDown={(event) => moveFocus(event, list.current)}
      >
        {found?.map((one) => (
          <AppointmentRow key={one.id} appointment={one} onChanged={changed} onStale={reload} />
        ))}
      </ul>
      {found?.length === 0 && <p>{data?.length === 0 ? t.today.none : t.today.noneFound}</p>}
      {!data && !error && <p role="status">{t.loading}</p>}
      {isBooking && (
        <Book
          day={day < today ? today : day}
          therapist={therapist}
          onClose={() => setBooking(false)}
          onBooked={({ date_time: at }) => {
            setBooking(false);
            show({ dia: at.slice(0, 10) });
            reload();
          }}
        />
      )}
    </StatusContext.Provider>
  );
}

function matches({ patient, therapist, ticket, room }: Appointment, sought: string): boolean {
  const text = plain(
    [patient.full_name, patient.document_number, therapist.full_name, ticket?.ticket_number, room].join(' '),
  );
  return plain(sought)
    .split(/\s+/)
    .every((word) => text.includes(word));
}
