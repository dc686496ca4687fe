import * as v from 'valibot';
import type { Config } from '../../../config.ts';
import { type Content, linkTo, oneLine } from './content.ts';
import type { Language } from '../../../errors.ts';

const Words = v.object({ es: v.string(), en: v.string() });

/** A report or file that somebody asked for: done, or why it is not. No patient is named. */
export const ReportReady = v.object({
  /** What was asked for, such as "Caja del 22 de noviembre". */
  title: Words,
  rows: v.optional(v.number()),
  /** Why it could not be made. */
  error: v.optional(v.nullable(Words)),
  /** Where it is, from the root of this service. */
  path: v.optional(v.pipe(v.string(), v.startsWith('/'))),
});

const TEXTS = {
  es: {
    done: 'Su reporte está listo',
    failed: 'Su reporte no se pudo hacer',
    report: 'Reporte',
    rows: 'Filas',
    open: 'Ver el reporte',
    lead: 'Ya puede verlo o descargarlo.',
    closing: 'Los archivos se guardan durante 24 horas; después puede pedirlo de nuevo.',
    again: 'Puede pedirlo de nuevo.',
  },
  en: {
    done: 'Your report is ready',
    failed: 'Your report could not be made',
    report: 'Report',
    rows: 'Rows',
    open: 'See the report',
    lead: 'You can see or download it now.',
    closing: 'Files are kept for 24 hours; after that you can ask for it again.',
    again: 'You can ask for it again.',
  },
};

/** To who asked for a report. */
export function reportReady(
  config: Config,
  { title, rows, error, path }: v.InferOutput<typeof ReportReady>,
  language: Language,
): Content {
  const texts = TEXTS[language];
  const [name, heading] = [oneLine(title[language]), error ? texts.failed : texts.done];
  return {
    language,
    subject: `${heading}: ${name}`,
    title: heading,
    lead: error ? oneLine(error[language]) : texts.lead,
    facts: [[texts.report, name], ...(rows === undefined ? [] : [[texts.rows, String(rows)] as const])],
    ...(path === undefined || error ? {} : { action: { label: texts.open, url: linkTo(config, path) } }),
    closing: error ? texts.again : texts.closing,
    short: `${config.clinicName}: ${heading.toLowerCase()}.`,
  };
}
