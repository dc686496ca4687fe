import type { Ctx } from './context.ts';
import { InvalidField, type Text } from './errors.ts';
import { parseInstant } from './time.ts';

/** What is said of an end that does not come after its start. */
export const ENDS_TOO_EARLY: Text = { es: 'Debe ser posterior al inicio.', en: 'Must be after the start.' };
/** What is said of a last day that comes before the first. */
export const BEFORE_FIRST_DAY: Text = {
  es: 'Es anterior a la fecha inicial.',
  en: 'Is before the first day.',
};

const NO_TIME: Text = { es: 'No es una fecha y hora válida.', en: 'Is not a valid date and time.' };

/** Reads what a client gave as a field's date and time; without an offset it is the clinic's. @throws InvalidField */
export function givenInstant(ctx: Ctx, field: string, text: string): Temporal.Instant {
  const instant = parseInstant(text, ctx.services.config.timeZone);
  if (!instant) throw new InvalidField(field, NO_TIME);
  return instant;
}
