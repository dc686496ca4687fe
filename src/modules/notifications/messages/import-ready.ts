import type { Language } from '../../../errors.ts';
import { type Content, oneLine } from './content.ts';

type ImportFacts = {
  language: Language;
  clinic: string;
  fileName: string;
  dryRun: boolean;
  rowsTotal: number;
  rowsCreated: number;
  rowsFailed: number;
  error: string | null;
};

/** To who handed in a file of patients: it is done, and how it went. No patient is named. */
export function importReady(facts: ImportFacts): Content {
  const { language, dryRun, rowsTotal, rowsCreated, rowsFailed, error } = facts;
  const [clinic, file] = [oneLine(facts.clinic), oneLine(facts.fileName)];
  if (language === 'es') {
    const title = error
      ? 'La importación de pacientes no se completó'
      : 'La importación de pacientes terminó';
    return {
      language,
      subject: `${title}: ${file}`,
      title,
      lead:
        error ?? (dryRun ? 'Fue una prueba: no se registró a nadie.' : 'Los pacientes ya están registrados.'),
      facts: [
        ['Archivo', file],
        ['Filas', String(rowsTotal)],
        [dryRun ? 'Se registrarían' : 'Registrados', String(rowsCreated)],
        ['Con errores', String(rowsFailed)],
      ],
      closing:
        rowsFailed > 0
          ? 'Descargue las filas con errores, corríjalas y vuelva a subirlas.'
          : 'No queda nada por hacer.',
      short: `${clinic}: ${title.toLowerCase()}.`,
    };
  }
  const title = error ? 'The import of patients did not finish' : 'The import of patients is done';
  return {
    language,
    subject: `${title}: ${file}`,
    title,
    lead: error ?? (dryRun ? 'It was a trial: nobody was registered.' : 'The patients are registered.'),
    facts: [
      ['File', file],
      ['Rows', String(rowsTotal)],
      [dryRun ? 'Would be registered' : 'Registered', String(rowsCreated)],
      ['With errors', String(rowsFailed)],
    ],
    closing:
      rowsFailed > 0
        ? 'Download the rows with errors, correct them and upload them again.'
        : 'There is nothing left to do.',
    short: `${clinic}: ${title.toLowerCase()}.`,
  };
}
