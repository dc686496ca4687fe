import type { Slot } from '../api-types.ts';
import { timeOf } from '../format.ts';
import { t } from '../texts.ts';

type Props = { slots: readonly Slot[]; chosen: Slot | undefined; onChosen: (slot: Slot) => void };

const isSame = (a: Slot, b: Slot | undefined): boolean =>
  a.date_time === b?.date_time && a.therapist_id === b.therapist_id;

/** Free times, by therapist; arrow keys go through them. */
export function FreeTimes({ slots, chosen, onChosen }: Props) {
  const byTherapist = Map.groupBy(slots, ({ therapist_id: id }) => id);
  return (
    <div class="times">
      {[...byTherapist.values()].map((own) => (
        <fieldset key={own[0]?.therapist_id}>
          <legend>{own[0]?.therapist_name}</legend>
          <div class="choices">
            {own.map((slot) => (
              <label key={slot.date_time}>
                <input
                  type="radio"
                  name="slot"
                  checked={isSame(slot, chosen)}
                  onChange={() => onChosen(slot)}
                />
                {timeOf(slot.date_time)}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      {slots.length === 0 && <p>{t.book.noSlots}</p>}
    </div>
  );
}
