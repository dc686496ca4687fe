import { useState } from 'preact/hooks';
import type { Appointment } from '../api-types.ts';
import { Dialog } from '../dialog.tsx';
import { timeOf } from '../format.ts';
import { Labelled } from '../labelled.tsx';
import type { Action } from '../status-actions.ts';
import { t } from '../texts.ts';

type Props = {
  action: Action;
  appointment: Appointment;
  onYes: (reason: string) => void;
  onNo: () => void;
};

/** Asks before what cannot be undone. */
export function AreYouSure({ action, appointment, onYes, onNo }: Props) {
  const [reason, setReason] = useState('');
  const { patient, therapist, date_time: at } = appointment;
  const questions: Partial<Record<Action, string>> = t.today.sure;
  return (
    <Dialog title={questions[action] ?? t.today.actions[action]} onClose={onNo}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onYes(reason.trim());
        }}
      >
        <p>
          <strong>{patient.full_name}</strong>, {timeOf(at)}, {therapist.full_name}. {t.today.final}
        </p>
        {action === 'cancelled' && (
          <Labelled label={t.today.reason} isOptional>
            {(ties) => (
              <input
                {...ties}
                maxLength={500}
                value={reason}
                onInput={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Labelled>
        )}
        <div class="buttons">
          <button>{t.today.actions[action]}</button>
          <button type="button" class="plain" onClick={onNo}>
            {t.today.keep}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
