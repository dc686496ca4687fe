import * as v from 'valibot';
import type { Config } from '../../../config.ts';
import type { Language } from '../../../errors.ts';
import { type Content, oneLine } from './content.ts';

/** A file of patients that somebody handed in. No patient is named. */
export const ImportReady = v.object({
  fileName: v.string(),
  dryRun: v.boolean(),
  rowsTotal: v.number(),
  rowsCreated: v.number(),
  rowsFailed: v.number(),
  /** Why it did not go on, in the requester's language. */
  error: v.nullable(v.string()),
});

const TEXTS = {
  es: {
    done: 'La importación de pacientes terminó',
    failed: 'La importación de pacientes no se completó',
    trial: 'Fue una prueba: no se registró a nadie.',
    registered: 'Los pacientes ya están registrados.',
    file: 'Archivo',
    rows: 'Filas',
    wouldBe: 'Se registrarían',
    created: 'Registrados',
    wrong: 'Con errores',
    correct: 'Descargue las filas con errores, corríjalas y vuelva a subirlas.',
    nothing: 'No queda nada por hacer.',
  },
  en: {
    done: 'The import of patients is done',
    failed: 'The import of patients did not finish',
    trial: 'It was a trial: nobody was registered.',
    registered: 'The patients are registered.',
    file: 'File',
    rows: 'Rows',
    wouldBe: 'Would be registered',
    created: 'Registered',
    wrong: 'With errors',
    correct: 'Download the rows with errors, correct them and upload them again.',
    nothing: 'There is nothing left to do.',
  },
};

/** To who handed in a file of patients: it is done, and how it went. */
export function importReady(
  config: Config,
  { fileName, dryRun, rowsTotal, rowsCreated, rowsFailed, error }: v.InferOutput<typeof ImportReady>,
  language: Language,
): Content {
  const texts = TEXTS[language];
  const [file, title] = [oneLine(fileName), error ? texts.failed : texts.done];
  return {
    language,
    subject: `${title}: ${file}`,
    title,
    lead: error ?? (dryRun ? texts.trial : texts.registered),
    facts: [
      [texts.file, file],
      [texts.rows, String(rowsTotal)],
      [dryRun ? texts.wouldBe : texts.created, String(rowsCreated)],
      [texts.wrong, String(rowsFailed)],
    ],
    closing: rowsFailed > 0 ? texts.correct : texts.nothing,
    short: `${config.clinicName}: ${title.toLowerCase()}.`,
  };
}
