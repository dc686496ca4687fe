import { type Column, type SQL, sql } from 'drizzle-orm';

/** First name and both last names, as they are printed. */
export const fullName = (person: {
  firstName: string;
  paternalLastName: string;
  maternalLastName: string | null;
}): string =>
  person.maternalLastName
    ? `${person.firstName} ${person.paternalLastName} ${person.maternalLastName}`
    : `${person.firstName} ${person.paternalLastName}`;

/** {@link fullName} as an SQL expression: one column to carry instead of three. */
export const fullNameOf = (
  table: Record<'firstName' | 'paternalLastName' | 'maternalLastName', Column>,
): SQL<string> =>
  sql<string>`concat_ws(' ', ${table.firstName}, ${table.paternalLastName}, ${table.maternalLastName})`;
