/** First name and both last names, as they are printed. */
export const fullName = (person: {
  firstName: string;
  paternalLastName: string;
  maternalLastName: string | null;
}): string =>
  person.maternalLastName
    ? `${person.firstName} ${person.paternalLastName} ${person.maternalLastName}`
    : `${person.firstName} ${person.paternalLastName}`;
