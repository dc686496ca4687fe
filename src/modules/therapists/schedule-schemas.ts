import * as v from 'valibot';
import { Day, IdText, Instant, InstantOut, Line, listQuery, OrNull, pageOf } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';

const CLOCK = say({ es: 'Use una hora como "09:00".', en: 'Use a time such as "09:00".' });

/** `end_time` `24:00`, or `00:00`, is the midnight that ends the day. */
const WorkingBlock = v.object({
  weekday: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(7)),
  start_time: v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, CLOCK)),
  end_time: v.pipe(v.string(), v.regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, CLOCK)),
});

export const ScheduleInput = v.pipe(v.array(WorkingBlock), v.maxLength(50));

export const Schedule = v.array(
  v.object({ weekday: v.number(), start_time: v.string(), end_time: v.string() }),
);

export const NewTimeOff = v.object({ starts_at: Instant, ends_at: Instant, reason: OrNull(Line(255)) });

export const TimeOff = v.object({
  id: v.number(),
  starts_at: InstantOut,
  ends_at: InstantOut,
  reason: v.nullable(v.string()),
});

export const TimeOffPage = pageOf(TimeOff);

export const TimeOffQuery = listQuery(['starts_at'], {
  date_from: v.optional(Day),
  date_to: v.optional(Day),
});

export const TimeOffParams = v.object({ id: IdText, time_off_id: IdText });
