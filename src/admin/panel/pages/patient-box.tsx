import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { withQuery } from '../api.ts';
import type { Patient } from '../api-types.ts';
import { Failure } from '../failure.tsx';
import { Labelled } from '../labelled.tsx';
import { t } from '../texts.ts';
import { useData } from '../use-data.ts';

/** Milliseconds without a key after which what was typed is looked for. */
const PAUSE = 200;
const SHOWN = 8;

type Props = { onChosen: (patient: Patient) => void; onTyped: (text: string) => void };

/** Finds a patient while one types; arrow keys and Enter choose (ARIA's combobox with a list). */
export function PatientBox({ onChosen, onTyped }: Props) {
  const [text, setText] = useState('');
  const [sought, setSought] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSought(text.trim());
      setAt(0);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const path = sought === '' ? null : withQuery('/api/patients/', { search: sought, page_size: SHOWN });
  const { data, error, isLoading } = useData<{ results: Patient[] }>(path);
  const found = path === null ? [] : (data?.results ?? []);

  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[at];
    if (step !== undefined && found.length > 0) setAt((at + step + found.length) % found.length);
    else if (event.key === 'Enter' && chosen && sought === text.trim()) onChosen(chosen);
    else if (event.key !== 'Enter') return;
    event.preventDefault();
  };

  return (
    <div class="combobox">
      <Labelled label={t.book.patient}>
        {(ties) => (
          <input
            {...ties}
            type="text"
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={found.length > 0}
            aria-controls={`${id}-list`}
            aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
            autocomplete="off"
            placeholder={t.book.patientHint}
            ref={input}
            // A dialog that opens begins here.
            autoFocus
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value);
              onTyped(event.currentTarget.value);
            }}
            onKeyDown={press}
          />
        )}
      </Labelled>
      <Failure error={error} />
      <ul id={`${id}-list`} role="listbox" aria-label={t.book.results} aria-busy={isLoading}>
        {found.map((patient, i) => (
          <li
            key={patient.id}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            onClick={() => onChosen(patient)}
          >
            {patient.full_name}
            <small>{[patient.document_number, patient.phone].filter(Boolean).join(' · ')}</small>
          </li>
        ))}
      </ul>
      <p role="status" class="help">
        {path !== null && !isLoading && (found.length === 0 ? t.book.noPatient : t.book.found(found.length))}
      </p>
    </div>
  );
}
