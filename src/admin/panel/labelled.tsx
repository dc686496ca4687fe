import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from './texts.ts';

/** What ties a control to its label, its help and what is wrong with it. */
export type Ties = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean };

type Props = {
  label: string;
  help?: string | undefined;
  errors?: readonly string[] | undefined;
  isOptional?: boolean;
  children: (ties: Ties) => ComponentChildren;
};

/** A label with the control that it names, and under it what helps and what is wrong. */
export function Labelled({ label, help, errors = [], isOptional = false, children }: Props) {
  const id = useId();
  const isWrong = errors.length > 0;
  const described = [help ? `${id}-help` : '', isWrong ? `${id}-wrong` : ''].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>
        {label}
        {isOptional && <small> ({t.optional})</small>}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': isWrong })}
      {help && (
        <small id={`${id}-help`} class="help">
          {help}
        </small>
      )}
      {isWrong && (
        <p id={`${id}-wrong`} class="wrong" role="alert">
          {errors.join(' ')}
        </p>
      )}
    </div>
  );
}
