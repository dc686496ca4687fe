import { fullName } from '../../person.ts';

type Person = {
  id: number;
  userId: number | null;
  documentType: string;
  documentNumber: string;
  firstName: string;
  paternalLastName: string;
  maternalLastName: string | null;
};

/** What is shown of anybody, patient or therapist. */
export const personView = (row: Person) => ({
  id: row.id,
  user_id: row.userId,
  document_type: row.documentType,
  document_number: row.documentNumber,
  first_name: row.firstName,
  paternal_last_name: row.paternalLastName,
  maternal_last_name: row.maternalLastName,
  full_name: fullName(row),
});
