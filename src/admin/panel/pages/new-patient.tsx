import { useEffect, useRef, useState } from 'preact/hooks';
import { call, withQuery } from '../api.ts';
import type { Field, Patient } from '../api-types.ts';
import { Failure } from '../failure.tsx';
import { FormFields, type Values } from '../form-fields.tsx';
import { onceKeys } from '../idempotency.ts';
import { t } from '../texts.ts';
import { useAction } from '../use-action.ts';
import { useData } from '../use-data.ts';

/** What the desk asks for while people wait; the rest is for later. */
const ASKED = [
  'document_type',
  'document_number',
  'first_name',
  'paternal_last_name',
  'maternal_last_name',
  'birth_date',
  'phone',
  'email',
];

type Alike = Pick<Patient, 'id' | 'full_name' | 'document_number' | 'birth_date'>;

type Props = {
  /** What was looked for in vain. */
  typed: string;
  onDone: (patient: Pick<Patient, 'id' | 'full_name' | 'document_number'>) => void;
  onBack: () => void;
};

/** Registers a patient by the API's own form; somebody who looks like another is asked about. */
export function NewPatient({ typed, onDone, onBack }: Props) {
  const form = useData<{ fields: Field[] }>('/api/forms/patients-create/');
  const [values, setValues] = useState<Values>(() => begun(typed.trim()));
  const keyFor = useRef(onceKeys());

  const { run, isBusy, error } = useAction(async (isConfirmed: boolean) => {
    const body = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const path = withQuery('/api/patients/', { confirm_duplicate: isConfirmed || undefined });
    onDone(await call<Patient>('POST', path, { body, key: keyFor.current([path, body]) }));
  });

  const isReady = form.data !== undefined;
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => element.current?.querySelector('input')?.focus(), [isReady]);

  const alike = (error?.details['possible_duplicates'] ?? []) as Alike[];
  const fields = form.data?.fields.filter(({ name }) => ASKED.includes(name)) ?? [];
  return (
    <form
      ref={element}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        run(false);
      }}
    >
      <h3>{t.book.registerTitle}</h3>
      <div class="two">
        <FormFields
          fields={fields}
          values={values}
          error={error}
          onChange={(name, value) => setValues((last) => ({ ...last, [name]: value }))}
        />
      </div>
      {alike.length > 0 ? (
        <div role="alert">
          <p>{t.book.duplicates}</p>
          <ul class="rows">
            {alike.map((one) => (
              <li key={one.id}>
                <span>
                  {one.full_name} <small>{[one.document_number, one.birth_date].join(' · ')}</small>
                </span>
                <button type="button" class="plain" onClick={() => onDone(one)}>
                  {t.book.use}
                </button>
              </li>
            ))}
          </ul>
          <button type="button" class="plain" disabled={isBusy} onClick={() => run(true)}>
            {t.book.registerAnyway}
          </button>
        </div>
      ) : (
        <Failure error={error ?? form.error} />
      )}
      <div class="buttons">
        <button disabled={isBusy || fields.length === 0}>{t.book.registerSubmit}</button>
        <button type="button" class="plain" onClick={onBack}>
          {t.back}
        </button>
      </div>
    </form>
  );
}

const begun = (typed: string): Values => ({
  document_type: 'DNI',
  ...(/^\d+$/.test(typed) ? { document_number: typed } : { first_name: typed }),
});
