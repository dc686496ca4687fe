import type { Ctx } from '../../context.ts';
import { type CalendarEvent, iCalendar } from './calendar.ts';

/** Events that are written without a pause: a few milliseconds. */
const SLICE = 25;
const END = 'END:VCALENDAR';

/** Like {@link iCalendar}, with a pause for other requests now and then: a therapist's calendar has thousands of events. */
export async function longICalendar(
  ctx: Ctx,
  clinic: string,
  events: readonly CalendarEvent[],
  ttlSeconds: number,
): Promise<string> {
  const empty = iCalendar(ctx, clinic, [], { ttlSeconds });
  const parts = [empty.slice(0, empty.lastIndexOf(END))];
  for (let from = 0; from < events.length; from += SLICE) {
    const some = iCalendar(ctx, clinic, events.slice(from, from + SLICE));
    parts.push(some.slice(some.indexOf('BEGIN:VEVENT'), some.lastIndexOf(END)));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return [...parts, END, '\r\n'].join('');
}
