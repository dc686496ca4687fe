import { desc } from 'drizzle-orm';
import { systemCtx } from '../../src/context.ts';
import { outbox } from '../../src/db/outbox.ts';
import { handle } from '../../src/modules/patients/import/import-patients.ts';
import type { Answer, Client, TestApp } from '../harness.ts';

/** A form with a file, as a browser sends it. */
export function form(
  content: string | Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
  name = 'pacientes.csv',
) {
  const body = new FormData();
  body.set('file', new File([content], name));
  for (const [key, value] of Object.entries(fields)) body.set(key, value);
  return body;
}

/** One attempt of an import's job, as the consumer makes it; resolves to the error or null. */
export async function runImport(
  { services }: TestApp,
  importId: number,
  {
    attempt = 1,
    progress = async () => undefined,
  }: { attempt?: number; progress?: (percent: number) => Promise<void> } = {},
): Promise<Error | null> {
  const run = {
    id: `import-${importId}`,
    attempt,
    maxAttempts: 3,
    signal: new AbortController().signal,
    progress,
  };
  try {
    await handle(systemCtx(services, 'import-patients'), { importId }, run);
    return null;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** Uploads, runs the job, and answers with the import as it is then. */
export async function importFile(
  app: TestApp,
  client: Client,
  content: string | Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const accepted = await client.request('POST', '/api/patients/import/', { body: form(content, fields) });
  if (accepted.status !== 202) return accepted;
  await runImport(app, accepted.json.id);
  return client.request('GET', `/api/patients/imports/${accepted.json.id}/`);
}

/** The job that was put into the outbox last. */
export async function lastJob({ services }: TestApp) {
  const [row] = await services.db.select().from(outbox).orderBy(desc(outbox.id)).limit(1);
  return row && { job: row.job, data: row.data };
}
