import { install, thisMachine } from '../src/embedded/install.ts';
import { planPackage } from '../src/embedded/platform.ts';
import { operatorLog } from './log.ts';

/** Installs what {@link pdfText} needs where it is missing. @throws EmbeddedServiceError where a person has to */
export async function ensurePdfReader(): Promise<void> {
  if (Bun.which('pdftotext') !== null) return;
  const plan = planPackage(thisMachine(), 'poppler-utils', 'poppler');
  await install(plan, 'pdftotext (for the tests of PDF files)', operatorLog);
}

/** The text of a PDF, laid out as on the page, by a reader that is not of our making. */
export async function pdfText(pdf: Uint8Array): Promise<string> {
  await ensurePdfReader();
  const reader = Bun.spawn(['pdftotext', '-layout', '-', '-'], { stdin: pdf, stdout: 'pipe' });
  return new Response(reader.stdout).text();
}
