import type { CellType } from './document.ts';

const NO_BREAK_SPACE = '\u00A0';

/** The sign that the country writes before an amount, such as `S/` for PEN. */
export const currencySign = (currency: string): string => {
  const parts = new Intl.NumberFormat('es-PE', { style: 'currency', currency }).formatToParts(0);
  return parts.find(({ type }) => type === 'currency')?.value ?? currency;
};

/** `-1234.50` as `-1,234.50`, digit by digit: an amount is never a float. */
const grouped = (decimal: string): string => decimal.replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, ',');

/** A value as people read it on paper. */
export function inWords(cell: string | number | null, type: CellType): string {
  if (cell === null) return '';
  const text = String(cell);
  switch (type) {
    case 'int':
    case 'money':
      return grouped(text);
    case 'percent':
      return `${text}${NO_BREAK_SPACE}%`;
    case 'date':
      return dayOf(text);
    case 'datetime':
      return `${dayOf(text)}${NO_BREAK_SPACE}${text.slice(11, 16)}`;
    default:
      return text;
  }
}

/** `2026-11-22…` as `22/11/2026`. */
export const dayOf = (text: string): string => `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)}`;
