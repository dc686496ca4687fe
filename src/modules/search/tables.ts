import { wordTables } from '../../db/search-index.ts';

/** The search index of patients; rows follow from `patients.searchText` (`db/search-index.ts`). */
export const { words: patientWords, parts: patientWordParts } = wordTables('patient');
