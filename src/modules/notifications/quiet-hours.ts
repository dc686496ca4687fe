/** The hours of the day in which a person is not to be disturbed, in minutes after midnight; they may span it. */
export type QuietHours = { from: number; to: number };

const DAY = 24 * 60;

/** When the quiet hours that `now` is in end; null when it is in none. */
export function quietUntil(
  quiet: QuietHours | null,
  now: Temporal.Instant,
  timeZone: string,
): Temporal.Instant | null {
  if (!quiet) return null;
  const local = now.toZonedDateTimeISO(timeZone);
  const minute = local.hour * 60 + local.minute;
  const within =
    quiet.from <= quiet.to
      ? minute >= quiet.from && minute < quiet.to
      : minute >= quiet.from || minute < quiet.to;
  if (!within) return null;
  const daysAhead = minute < quiet.to ? 0 : 1;
  const end = Temporal.PlainTime.from({ hour: Math.floor((quiet.to % DAY) / 60), minute: quiet.to % 60 });
  return local
    .toPlainDate()
    .add({ days: daysAhead })
    .toZonedDateTime({ timeZone, plainTime: end })
    .toInstant();
}
