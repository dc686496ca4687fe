type Bar = { label: string; value: number; text: string };

/** Lines of a length each. The words beside them say all that the picture shows. */
export function Bars({ bars, max }: { bars: readonly Bar[]; max?: number }) {
  const longest = Math.max(1, max ?? 0, ...bars.map(({ value }) => value));
  return (
    <ul class="bars">
      {bars.map(({ label, value, text }) => (
        <li key={label}>
          <span>{label}</span>
          <strong>{text}</strong>
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="rail" width="100" height="6" />
            <rect class="bar" width={Math.max(0, (100 * value) / longest)} height="6" />
          </svg>
        </li>
      ))}
    </ul>
  );
}

type Part = { label: string; value: number; color: string };

/** One line of several parts, and a legend with their figures. */
export function Parts({ parts }: { parts: readonly Part[] }) {
  const all = parts.reduce((sum, { value }) => sum + value, 0);
  const shown = parts.filter(({ value }) => value > 0);
  const starts = shown.map((_, i) => shown.slice(0, i).reduce((sum, { value }) => sum + value, 0));
  const share = (value: number) => (100 * value) / Math.max(1, all);
  return (
    <>
      <svg class="parts" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="rail" width="100" height="10" />
        {shown.map(({ label, value, color }, i) => (
          <rect key={label} x={share(starts[i] ?? 0)} width={share(value)} height="10" fill={color} />
        ))}
      </svg>
      <ul class="legend">
        {shown.map(({ label, value, color }) => (
          <li key={label}>
            <Dot color={color} />
            {label} <strong>{value}</strong>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A spot of colour beside the word that says the same. */
export const Dot = ({ color }: { color: string }) => (
  <svg class="dot" viewBox="0 0 10 10" aria-hidden="true">
    <circle cx="5" cy="5" r="5" fill={color} />
  </svg>
);

/** A part of a whole, 0 to 100, as an arc around its figure. */
export function Gauge({ percent }: { percent: number | null }) {
  const round = 2 * Math.PI * 42;
  const filled = (round * Math.min(100, percent ?? 0)) / 100;
  return (
    <svg class="gauge" viewBox="0 0 100 100" role="img" aria-label={percent === null ? '–' : `${percent} %`}>
      <circle class="rail" cx="50" cy="50" r="42" />
      <circle class="arc" cx="50" cy="50" r="42" stroke-dasharray={`${filled} ${round}`} />
      <text x="50" y="57">
        {percent === null ? '–' : `${Math.round(percent)} %`}
      </text>
    </svg>
  );
}

/** Values one after the other, as a line over zero. */
export function Line({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  const x = (i: number) => (100 * i) / Math.max(1, values.length - 1);
  const y = (value: number) => 38 - (36 * Math.max(0, value)) / most;
  const points = values.map((value, i) => `${x(i).toFixed(2)},${y(value).toFixed(2)}`).join(' ');
  return (
    <svg class="line" viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={label}>
      <polygon points={`0,38 ${points} 100,38`} />
      <polyline points={points} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
