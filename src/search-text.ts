type Person = {
  firstName: string;
  paternalLastName: string;
  maternalLastName?: string | null | undefined;
  documentNumber: string;
  phone?: string | null | undefined;
};

/** How many words of a search are looked for. */
const MOST_WORDS = 8;
/** A telephone's digits without the country's. */
const NATIONAL_DIGITS = 9;

/** Lower case without accents, so that `Peña` is found by `pena`, `PEÑA` and `peña`. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/** The words of a search as they stand there, for columns that are not a {@link searchTextOf}; at most eight. */
export const words = (search: string | undefined): string[] =>
  plain(search ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, MOST_WORDS);

const APOSTROPHES = /['’‘`´ʼ]/g;
const SIGNS = /[\s.,;:()+/\-‐-―]+/;
const UNUSUAL: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

const spelt = (text: string): string =>
  plain(text.replace(APOSTROPHES, '')).replace(/[ßæœøłđı]/g, (letter) => UNUSUAL[letter] ?? letter);

/**
 * What a person is searched by: names, document and telephone (with and without the country's digits) as words of
 * letters and digits, with a space before and after each. `O'Connor-Peña` is ` oconnor pena `.
 */
export function searchTextOf(person: Person): string {
  const digits = person.phone?.replace(/\D/g, '') ?? '';
  const parts = [
    person.firstName,
    person.paternalLastName,
    person.maternalLastName ?? '',
    person.documentNumber,
    digits,
    digits.length > NATIONAL_DIGITS ? digits.slice(-NATIONAL_DIGITS) : '',
  ];
  return ` ${wordsOf(parts.join(' ')).join(' ')} `.slice(0, 400);
}

/** The words of a {@link searchTextOf}. */
export const wordsOf = (text: string): string[] => [...new Set(spelt(text).match(/[\p{L}\p{N}]+/gu))];

/**
 * Which threes of letters a text has, two of 64 bits for each; some share their bits. A text that has a word has all the
 * word's bits. Numbers have none: hardly two people have the same.
 */
export function signatureOf(text: string): bigint {
  let bits = 0n;
  for (const word of text.split(' ').filter((one) => !isNumber(one))) {
    for (let from = 0; from + 3 <= word.length; from++) bits |= bitsOf(word, from);
  }
  return bits;
}

/** The highest bits of the product spread what differs little (Knuth, vol. 3, 6.4, multiplicative hashing). */
function bitsOf(word: string, from: number): bigint {
  const three = (word.charCodeAt(from) * 31 + word.charCodeAt(from + 1)) * 31 + word.charCodeAt(from + 2);
  const spread = Math.imul(three, 0x9e3779b1) >>> 20;
  return (1n << BigInt(spread >>> 6)) | (1n << BigInt(spread & 63));
}

export const isNumber = (word: string): boolean => /^\d+$/.test(word);

/**
 * The words that a {@link searchTextOf} is to have, the longest first, at most eight. Groups of up to four digits in a
 * row are one number, as telephones are written. A sign that no name has stays, and finds nothing.
 */
export function soughtWords(search: string | undefined): string[] {
  const given = spelt(search ?? '')
    .replace(/(?<![\p{L}\p{N}])\d{1,4}(?:[\s.()+-]+\d{1,4})+(?![\p{L}\p{N}])/gu, (groups) =>
      groups.replace(/\D/g, ''),
    )
    .split(SIGNS)
    .filter(Boolean);
  const all = given.length > 0 ? given : words(search);
  return [...new Set(all)].slice(0, MOST_WORDS).toSorted((a, b) => b.length - a.length);
}
