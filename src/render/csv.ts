import type { Cell, Column } from './document.ts';
import { harmless } from './harmless.ts';

const NEEDS_QUOTES = /[",\r\n]/;

/** What most texts have nothing of. */
const SPECIAL = /^[=+\-@＝＋－＠]|[",\r\n\t]/;

const textOf = (text: string): string => {
  if (!SPECIAL.test(text)) return text;
  const safe = harmless(text);
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** The first line, with the mark by which Excel knows UTF-8. */
export const csvHead = (columns: readonly Column[]): string =>
  `\uFEFF${columns.map(({ label }) => textOf(label)).join(',')}\r\n`;

/**
 * Lines of RFC 4180. Numbers, amounts, days and times are written as they are: `-50.00`, `2026-11-22`. Joined, not added
 * up: every `+=` would leave a string behind.
 */
export function csvLines(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const isText = columns.map(({ type }) => type === 'text');
  const lines: string[] = [];
  const line: Cell[] = columns.map(() => null);
  for (const row of rows) {
    for (let index = 0; index < line.length; index++) {
      const cell = row[index] ?? null;
      line[index] = isText[index] && cell !== null ? textOf(String(cell)) : cell;
    }
    lines.push(line.join(','));
  }
  // Each line ends with the separator, the last one, too.
  lines.push('');
  return lines.join('\r\n');
}
