const STARTS_A_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** A number, or a telephone number as people write it: nothing in it can be run. */
const IS_A_NUMBER = /^[+-]?[\d(][\d ().-]*$/;

/**
 * The text as a cell that no spreadsheet runs as a formula: with an apostrophe before what would begin one (OWASP,
 * "CSV Injection"). Numbers and telephone numbers stay as they are.
 */
export const harmless = (text: string): string =>
  STARTS_A_FORMULA.test(text) && !IS_A_NUMBER.test(text) ? `'${text}` : text;
