import { expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProcesses } from '../../src/embedded/processes.ts';
import { manage, startCommand } from './manage.ts';

setDefaultTimeout(120_000);

/** Reads on until the text is there. */
async function until(text: string, output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let seen = '';
  for await (const chunk of output) {
    seen += decoder.decode(chunk, { stream: true });
    if (seen.includes(text)) return seen;
  }
  throw new Error(`it ended without "${text}": ${seen}`);
}

test('commands share the embedded default with the service, also once it has ended, and leave nothing running', async () => {
  const storage = mkdtempSync(join(tmpdir(), 'clinic-cli-'));
  const env = { STORAGE_DIR: storage, PORT: '0', LOG_LEVEL: 'warn' };
  const serving = startCommand(['serve'], { env });
  try {
    const welcome = await until('Mail is written to', serving.stdout);
    expect(welcome).toContain('admin, supervisor, recepcion, terapeuta, paciente (password Demo1234!)');
    const address = /http:\/\/[\d.]+:\d+/.exec(welcome)?.[0] ?? '';
    const login = await fetch(`${address}/api/auth/login/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: 'Demo1234!' }),
    });
    expect(login.status).toBe(200);

    const account = ['--username', 'jefa', '--email', 'jefa@example.com', '--password', 'Una clave larga 9'];
    const [seeded, made] = await Promise.all([
      manage(['seed', '--appointments', '50'], { env }),
      manage(['createsuperuser', ...account], { env }),
    ]);
    expect([seeded.code, made.code]).toEqual([0, 0]);
  } finally {
    serving.kill('SIGTERM');
  }
  expect(await serving.exited).toBe(0);

  const checked = await manage(['check'], { env });
  expect(checked.code).toBe(0);
  expect(checked.out).toMatch(/^ok +database: embedded /m);
  expect(checked.out).toMatch(/^ok +migrations: all applied$/m);
  expect(findProcesses(`--datadir=${storage}/mysql/data`)).toEqual([]);
  rmSync(storage, { recursive: true, force: true });
});
