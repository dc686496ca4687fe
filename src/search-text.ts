type Person = {
  firstName: string;
  paternalLastName: string;
  maternalLastName?: string | null | undefined;
  documentNumber: string;
  phone?: string | null | undefined;
};

/** Lower case without accents, so that `Peña` is found by `pena`, `PEÑA` and `peña`. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/** What a person is searched by: names, document and the digits of the telephone. */
export const searchTextOf = (person: Person): string =>
  plain(
    [
      person.firstName,
      person.paternalLastName,
      person.maternalLastName,
      person.documentNumber,
      person.phone?.replace(/\D/g, ''),
    ]
      .filter(Boolean)
      .join(' '),
  ).slice(0, 400);

/** The words to look for in a search text, at most eight. */
export const words = (search: string | undefined): string[] =>
  plain(search ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 8);
