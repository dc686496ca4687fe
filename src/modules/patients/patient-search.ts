import type { SearchIndex } from '../../db/search-index.ts';
import { patientWordParts, patientWords } from '../search/tables.ts';
import { patients } from './tables.ts';

/** How patients are found by names, document and telephone. */
export const patientSearch: SearchIndex = {
  table: patients,
  id: patients.id,
  text: patients.searchText,
  textIndex: 'patients_text',
  words: patientWords,
  parts: patientWordParts,
};
