/** How much in percent a figure is above (or below) what it was before; null where there was nothing to compare with. */
export function changePercent(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null;
  return Math.round(((now - before) / Math.abs(before)) * 10_000) / 100;
}

/** `part` of `whole` in percent, with two digits; null of nothing. */
export const percent = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 100;

type Figure = number | string | null;

/** {@link changePercent} of every figure of a set; amounts are decimal strings. */
export function changes<Totals extends Record<string, Figure>>(
  now: Totals,
  before: Totals,
): Record<keyof Totals, number | null> {
  const number = (figure: Figure | undefined) =>
    figure === null || figure === undefined ? null : Number(figure);
  return Object.fromEntries(
    Object.keys(now).map((key) => [key, changePercent(number(now[key]), number(before[key]))]),
  ) as Record<keyof Totals, number | null>;
}
