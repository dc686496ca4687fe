import { useEffect, useRef, useState } from 'preact/hooks';
import { call, withQuery } from '../api.ts';
import { ApiError } from '../api-error.ts';
import type { Appointment, Patient, Slot } from '../api-types.ts';
import { ChoiceSelect } from '../choice-select.tsx';
import { useClinic } from '../clinic.ts';
import { Dialog } from '../dialog.tsx';
import { Failure } from '../failure.tsx';
import { plusDays, timeOf } from '../format.ts';
import { onceKeys } from '../idempotency.ts';
import { Labelled } from '../labelled.tsx';
import { useNotice } from '../notice.ts';
import { t } from '../texts.ts';
import { useAction } from '../use-action.ts';
import { useData } from '../use-data.ts';
import { FreeTimes } from './free-times.tsx';
import { NewPatient } from './new-patient.tsx';
import { PatientBox } from './patient-box.tsx';

const DURATIONS = [15, 30, 45, 60, 75, 90, 105, 120];

type Chosen = Pick<Patient, 'id' | 'full_name' | 'document_number'>;
type Room = { id: number; name: string };

type Props = {
  day: string;
  therapist: string;
  onBooked: (appointment: Appointment) => void;
  onClose: () => void;
};

/** Books an appointment: who, when, and that is all that is needed. */
export function Book({ day: first, therapist: given, onBooked, onClose }: Props) {
  const { may } = useClinic();
  const tell = useNotice();
  const [patient, setPatient] = useState<Chosen>();
  const [typed, setTyped] = useState('');
  const [isNew, setNew] = useState(false);
  const [day, setDay] = useState(first);
  const [therapist, setTherapist] = useState(given);
  const [duration, setDuration] = useState('60');
  const [slot, setSlot] = useState<Slot>();
  const [room, setRoom] = useState('');
  const [reason, setReason] = useState('');
  const keyFor = useRef(onceKeys());

  const free = useData<{ slots: Slot[] }>(
    withQuery('/api/appointments/available/', {
      date_from: day,
      date_to: day,
      therapist_id: therapist,
      duration,
    }),
  );
  const rooms = useData<{ results: Room[] }>(
    slot
      ? withQuery('/api/rooms/', {
          is_active: true,
          page_size: 100,
          available_from: slot.date_time,
          available_to: slot.ends_at,
        })
      : null,
  );
  const searchAgain = (change: () => void) => {
    change();
    setSlot(undefined);
    setRoom('');
  };

  const times = useRef<HTMLElement>(null);
  useEffect(() => {
    if (patient) times.current?.querySelector('input')?.focus();
  }, [patient]);

  const { run, isBusy, error } = useAction(async () => {
    if (!patient || !slot) return;
    const body = {
      patient_id: patient.id,
      therapist_id: slot.therapist_id,
      date_time: slot.date_time,
      duration: Number(duration),
      ...(room === '' ? {} : { room }),
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    };
    try {
      const booked = await call<Appointment>('POST', '/api/appointments/', {
        body,
        key: keyFor.current(body),
      });
      tell(t.book.done(booked.patient.full_name, timeOf(booked.date_time)));
      onBooked(booked);
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.code === 'BUSINESS_RULE_VIOLATION') free.reload();
      throw thrown;
    }
  });

  if (isNew) {
    return (
      <Dialog title={t.book.title} onClose={onClose}>
        <NewPatient
          typed={typed}
          onBack={() => setNew(false)}
          onDone={(one) => {
            setPatient(one);
            setNew(false);
          }}
        />
      </Dialog>
    );
  }

  return (
    <Dialog title={t.book.title} onClose={onClose}>
      {patient ? (
        <p class="chosen">
          <span>
            <strong>{patient.full_name}</strong> <small>{patient.document_number}</small>
          </span>
          <button type="button" class="plain" onClick={() => setPatient(undefined)}>
            {t.book.change}
          </button>
        </p>
      ) : (
        <>
          <PatientBox onChosen={setPatient} onTyped={setTyped} />
          {may('patients:create') && (
            <button type="button" class="plain" onClick={() => setNew(true)}>
              {t.book.register}
            </button>
          )}
        </>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <div class="two">
          <Labelled label={t.book.day} errors={free.error?.reasonsOf('date_from')}>
            {(ties) => (
              <span class="days">
                <input
                  {...ties}
                  type="date"
                  required
                  value={day}
                  onChange={({ currentTarget: { value } }) => searchAgain(() => setDay(value || first))}
                />
                <button
                  type="button"
                  class="plain"
                  aria-label={t.book.nextDay}
                  onClick={() => searchAgain(() => setDay(plusDays(day, 1)))}
                >
                  ›
                </button>
              </span>
            )}
          </Labelled>
          <Labelled label={t.book.duration}>
            {(ties) => (
              <select
                {...ties}
                value={duration}
                onChange={({ currentTarget: { value } }) => searchAgain(() => setDuration(value))}
              >
                {DURATIONS.map((minutes) => (
                  <option key={minutes} value={String(minutes)}>
                    {t.today.minutes(minutes)}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          <Labelled label={t.book.therapist}>
            {(ties) => (
              <ChoiceSelect
                path="/api/therapists/"
                ties={ties}
                value={therapist}
                none={t.book.anybody}
                change={(value) => searchAgain(() => setTherapist(value))}
              />
            )}
          </Labelled>
          <Labelled label={t.book.room} isOptional>
            {(ties) => (
              <select
                {...ties}
                value={room}
                disabled={!slot}
                onChange={({ currentTarget: { value } }) => setRoom(value)}
              >
                <option value="">{t.book.noRoom}</option>
                {rooms.data?.results.map(({ id, name }) => (
                  <option key={id} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
        </div>
        <section ref={times} aria-label={t.book.slots} aria-busy={free.isLoading}>
          {free.data && <FreeTimes slots={free.data.slots} chosen={slot} onChosen={setSlot} />}
        </section>
        <Labelled label={t.book.reason} isOptional>
          {(ties) => (
            <input
              {...ties}
              maxLength={500}
              value={reason}
              onInput={({ currentTarget: { value } }) => setReason(value)}
            />
          )}
        </Labelled>
        <Failure error={error ?? free.error ?? rooms.error} />
        <div class="buttons">
          <button disabled={isBusy || !patient || !slot}>
            {slot ? t.book.at(timeOf(slot.date_time)) : t.book.submit}
          </button>
          <button type="button" class="plain" onClick={onClose}>
            {t.back}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
