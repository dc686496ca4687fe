import type { ApiError } from './api-error.ts';
import type { Field } from './api-types.ts';
import { CHOICES, ChoiceSelect } from './choice-select.tsx';
import { Labelled, type Ties } from './labelled.tsx';
import { t } from './texts.ts';

/** What was entered, by the names of the fields: a text each, and a list where several can be chosen. */
export type Values = Record<string, string | string[]>;

type Props = {
  fields: readonly Field[];
  values: Values;
  error: ApiError | undefined;
  onChange: (name: string, value: string | string[]) => void;
};

/** The inputs of a form of the API, each with the label, the help and the refusals that the API has for it. */
export function FormFields({ fields, values, error, onChange }: Props) {
  return (
    <>
      {fields.map((field) => {
        const { name, label, help, required } = field;
        const value = values[name] ?? '';
        const errors = error?.reasonsOf(name);
        const change = (next: string | string[]) => onChange(name, next);
        if (field.type === 'multiselect')
          return <Checkboxes key={name} {...{ field, value, errors, change }} />;
        return (
          <Labelled key={name} label={label} help={help} errors={errors} isOptional={!required}>
            {(ties) => <Input {...{ field, ties, change }} value={String(value)} />}
          </Labelled>
        );
      })}
    </>
  );
}

/** What a field can be chosen from. */
export const optionsOf = ({ options = [] }: Field) =>
  options.map(({ value, label }) => ({ value: value as string, label }));

/** The browser's own inputs for what the API calls a field; anything else is a line of text. */
const INPUT_TYPES = new Map([
  ['datetime', 'datetime-local'],
  ...['date', 'time', 'number', 'email', 'tel', 'password'].map((type): [string, string] => [type, type]),
]);

/** Of these types JSX takes but one at a time. */
const inputTypeOf = (type: string) => (INPUT_TYPES.get(type) ?? 'text') as 'text';

type InputProps = { field: Field; ties: Ties; value: string; change: (value: string) => void };

function Input({ field, ties, value, change }: InputProps) {
  const { name, type, required, max_length: maxLength } = field;
  const onChange = (event: Event) =>
    change((event.currentTarget as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value);
  const path = CHOICES[name];
  if (path) return <ChoiceSelect {...{ path, ties, value, change }} />;
  if (type === 'select') {
    return (
      <select {...ties} name={name} value={value} required={required} onChange={onChange}>
        {!required && <option value="" />}
        {optionsOf(field).map(({ value: one, label }) => (
          <option key={one} value={one}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  if (type === 'textarea')
    return <textarea {...ties} name={name} value={value} required={required} onInput={onChange} />;
  return (
    <input
      {...ties}
      name={name}
      type={inputTypeOf(type)}
      value={value}
      required={required}
      autocomplete="off"
      onInput={onChange}
      {...(maxLength === undefined ? {} : { maxLength })}
    />
  );
}

type CheckboxProps = {
  field: Field;
  value: string | string[];
  errors: string[] | undefined;
  change: (value: string[]) => void;
};

/** Several of a few: nothing ticked is all of them. */
function Checkboxes({ field, value, errors = [], change }: CheckboxProps) {
  const chosen = Array.isArray(value) ? value : [];
  const toggle = (option: string) =>
    change(chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option]);
  return (
    <fieldset>
      <legend>
        {field.label} <small>({t.optional})</small>
      </legend>
      <div class="choices">
        {optionsOf(field).map(({ value: one, label }) => (
          <label key={one}>
            <input type="checkbox" checked={chosen.includes(one)} onChange={() => toggle(one)} />
            {label}
          </label>
        ))}
      </div>
      {errors.length > 0 && (
        <p class="wrong" role="alert">
          {errors.join(' ')}
        </p>
      )}
    </fieldset>
  );
}
