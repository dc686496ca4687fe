import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { and, count, desc, eq, like } from 'drizzle-orm';
import { unzipSync, zipSync } from 'fflate';
import { writeXlsx } from 'hucre/xlsx';
import { parseCsv } from 'hucre/csv';
import * as v from 'valibot';
import { systemCtx } from '../../src/context.ts';
import { auditLog } from '../../src/db/audit.ts';
import { handle as sendUserNotice } from '../../src/modules/notifications/send-user-notice.ts';
import { UserNotice } from '../../src/modules/notifications/user-notice.ts';
import { notifications } from '../../src/modules/notifications/tables.ts';
import { patientImports, patients } from '../../src/modules/patients/tables.ts';
import { users } from '../../src/modules/users/tables.ts';
import { type Client, startTestApp, type TestApp, unique } from '../harness.ts';
import { form, importFile, lastJob, runImport } from './import-jobs.ts';

let app: TestApp;
let desk: Client;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  admin = await app.as('administrator');
});
afterAll(() => app.close());

const document = () => String(50_000_000 + unique());
const TITLES =
  'Número de documento,Nombres,Apellido paterno,Apellido materno,Fecha de nacimiento,Sexo,Teléfono';

const byDocument = async (number: string) => {
  const [row] = await app.services.db.select().from(patients).where(eq(patients.documentNumber, number));
  return row;
};

const errorsOf = async (client: Client, id: number) => {
  const { text, headers } = await client.request('GET', `/api/patients/imports/${id}/errors/`);
  return { rows: parseCsv(text), headers };
};

describe('a CSV file', () => {
  test('registers its rows as if they had been typed in, and says how it went', async () => {
    const [one, two] = [document(), document()];
    const file = `${TITLES}\n${one},José Ángel,Peña,Ñahui,05/03/1988,Masculino,+51 987 654 321\n${two},Rosa,Quispe,,1990-12-31,F,\n`;
    const { status, json } = await importFile(app, desk, file);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'done',
      progress: 100,
      rows_total: 2,
      rows_created: 2,
      rows_failed: 0,
      errors_url: null,
      error: null,
      ignored_columns: [],
      file_name: 'pacientes.csv',
      requested_by: desk.userId,
    });
    const made = await byDocument(one);
    expect(made).toMatchObject({
      firstName: 'José Ángel',
      maternalLastName: 'Ñahui',
      birthDate: '1988-03-05',
      sex: 'M',
      documentType: 'DNI',
      phone: '+51 987 654 321',
    });
    const found = await desk.request('GET', `/api/patients/?search=${encodeURIComponent('nahui angel')}`);
    expect(found.json.results.map((row: { document_number: string }) => row.document_number)).toContain(one);
    const [entry] = await app.services.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.entity, 'patient'), eq(auditLog.entityId, String(made?.id))));
    expect(entry).toMatchObject({ action: 'create', actorId: desk.userId });
  });

  test.each([
    ['semicolons', ';', 'utf-8'],
    ['tabs', '\t', 'utf-8'],
    ['semicolons in Windows-1252', ';', 'windows-1252'],
    ['tabs in UTF-16', '\t', 'utf-16'],
    ['commas after a mark', ',', 'mark'],
    ['semicolons named by Excel', ';', 'sep'],
  ])('may have %s', async (_, separator, encoding) => {
    const number = document();
    const lines = [
      ['N° Documento', 'NOMBRES', 'apellido paterno'].join(separator),
      [number, 'Begoña', 'Muñoz'].join(separator),
    ];
    const text = `${encoding === 'sep' ? `sep=${separator}\r\n` : ''}${lines.join('\r\n')}`;
    const bytes =
      encoding === 'windows-1252'
        ? Uint8Array.from(text, (sign) => sign.charCodeAt(0))
        : encoding === 'utf-16'
          ? Uint8Array.from([
              0xff,
              0xfe,
              ...new Uint8Array(Uint16Array.from(text, (sign) => sign.charCodeAt(0)).buffer),
            ])
          : new TextEncoder().encode(encoding === 'mark' ? `\uFEFF${text}` : text);
    const { json } = await importFile(app, desk, bytes);
    expect(json).toMatchObject({ status: 'done', rows_created: 1 });
    expect(await byDocument(number)).toMatchObject({ firstName: 'Begoña', paternalLastName: 'Muñoz' });
  });

  test('has rows set aside with number, column and reason, and the others go in', async () => {
    const [good, late] = [document(), document()];
    const file = [
      `${TITLES},Notas`,
      `${good},Ana,Díaz,,1980-01-01,F,,x`,
      `12,Ana,Díaz,,1980-02-30,Z,,"=HYPERLINK(""http://evil"")"`,
      '',
      `${good},Eva,Ruiz,,,,,`,
      `${late},Eva,Ruiz,,31/12/2199,,,`,
    ].join('\n');
    const { json } = await importFile(app, desk, file);
    expect(json).toMatchObject({ status: 'done', rows_total: 4, rows_created: 1, rows_failed: 3 });
    expect(json.ignored_columns).toEqual(['Notas']);
    expect(json.errors_url).toMatch(/\/api\/patients\/imports\/\d+\/errors\/$/);

    const { rows, headers } = await errorsOf(desk, json.id);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(`attachment; filename="errores-${json.id}.csv"`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(rows[0]).toEqual(['Fila', 'Columna', 'Motivo', ...TITLES.split(','), 'Notas']);
    expect(rows.slice(1).map((row) => row[0])).toEqual(['3', '5', '6']);
    expect(rows[1]?.[1]).toBe('document_number, birth_date, sex');
    expect(rows[1]?.[2]).toContain('De 6 a 20 letras');
    expect(rows[1]?.at(-1)).toBe(`'=HYPERLINK("http://evil")`);
    expect(rows[2]?.slice(1, 3)).toEqual(['document_number', 'Repite la fila 2 de este archivo.']);
    expect(rows[3]?.slice(1, 3)).toEqual(['birth_date', 'Está en el futuro.']);
  });

  test('of errors can be corrected and handed in again as it is', async () => {
    const number = document();
    const first = await importFile(app, desk, `${TITLES}\n${number},Luz,Vega,,1980-13-01,,+51 999 111 222\n`);
    const { text } = await desk.request('GET', `/api/patients/imports/${first.json.id}/errors/`);
    expect(text).toContain(`'+51 999 111 222`);
    const again = await importFile(app, desk, text.replace('1980-13-01', '1980-12-01'));
    expect(again.json).toMatchObject({ rows_created: 1, ignored_columns: ['Fila', 'Columna', 'Motivo'] });
    expect(await byDocument(number)).toMatchObject({ phone: '+51 999 111 222', birthDate: '1980-12-01' });
  });

  test('repeats nobody: neither a document, a deleted one, nor a name with its birth date', async () => {
    const [taken, deleted, third, fourth] = [document(), document(), document(), document()];
    await app.patient({ documentNumber: taken });
    await app.patient({ documentNumber: deleted, deletedAt: Temporal.Now.instant() });
    await app.patient({
      firstName: 'Élida',
      paternalLastName: 'Ñopo',
      maternalLastName: 'Paz',
      birthDate: '1971-07-07',
    });
    const file = [
      'document_number,first_name,paternal_last_name,maternal_last_name,birth_date',
      `${taken},A,B,,`,
      `${deleted},A,B,,`,
      `${third},ELIDA,nopo,,07/07/1971`,
      `${fourth},Elida,Ñopo,Rey,07/07/1971`,
    ].join('\n');
    const { json } = await importFile(app, desk, file);
    expect(json).toMatchObject({ rows_created: 1, rows_failed: 3 });
    const { rows } = await errorsOf(desk, json.id);
    expect(rows.slice(1).map((row) => row[2])).toEqual([
      'Ya hay un paciente con este documento.',
      'Lo tiene un paciente eliminado, que un administrador puede restaurar.',
      expect.stringContaining('mismo nombre y fecha de nacimiento'),
    ]);
    expect(await byDocument(fourth)).toBeDefined();
    const confirmed = await importFile(app, desk, file, { confirm_duplicate: 'true' });
    expect(confirmed.json).toMatchObject({ rows_created: 1, rows_failed: 3 });
    expect(await byDocument(third)).toBeDefined();
  });

  test('places people by ubigeo, and refuses a place that is not there', async () => {
    const [one, two] = [document(), document()];
    const file = `documento;nombres;apellido paterno;ubigeo\n${one};A;B;150101\n${two};A;C;159999\n`;
    const { json } = await importFile(app, desk, file);
    const [place] = await app.services.db
      .select({ id: patients.id })
      .from(patients)
      .where(eq(patients.districtId, 150_101));
    // Without the geography in the test database, both places are unknown.
    expect(json.rows_failed).toBe(place ? 1 : 2);
    const { rows } = await errorsOf(desk, json.id);
    expect(rows.at(-1)?.slice(1, 3)).toEqual(['district_id', 'No existe.']);
  });

  test('holds texts as they are, whatever a database would make of them', async () => {
    const number = document();
    const address = String.raw`Av. "Uno" 'dos' \\ %_; drop table patients; -- \'`;
    const cells = [number, "D'Ángelo", 'O’Brien', `"${address.replaceAll('"', '""')}"`];
    await importFile(app, desk, `dni,nombres,apellido paterno,dirección\n${cells.join(',')}\n`);
    expect(await byDocument(number)).toMatchObject({ firstName: "D'Ángelo", address });
  });

  test('only says what would happen when it is a trial', async () => {
    const [one, two] = [document(), document()];
    const file = `${TITLES}\n${one},A,B,,,,\n${two},A,,,,,\n`;
    const { json } = await importFile(app, desk, file, { dry_run: 'true' });
    expect(json).toMatchObject({ dry_run: true, status: 'done', rows_created: 1, rows_failed: 1 });
    expect(await byDocument(one)).toBeUndefined();
  });

  test.each([
    [
      'without a required column',
      'Nombres,Apellido paterno\nA,B\n',
      /Faltan las columnas: Número de documento/,
    ],
    ['with a column twice', 'DNI,Documento,Nombres,Apellido paterno\n1,2,A,B\n', /columnas repetidas/],
    ['with titles only', `${TITLES}\n`, /no tiene filas/],
    ['that is a broken workbook', 'PK\u0003\u0004 and no more', /No se pudo leer el libro/],
  ])('%s fails as a whole, with the reason', async (_, content, reason) => {
    const { json } = await importFile(app, desk, content);
    expect(json).toMatchObject({ status: 'failed', rows_created: 0, error: expect.stringMatching(reason) });
  });

  test.each([
    ['a PDF', '%PDF-1.7\u0000\u0001'],
    ['an old or encrypted workbook', '\u00d0\u00cf\u0011\u00e0\u00a1\u00b1'],
    ['nothing', ''],
  ])('is not %s, whatever its name', async (_, content) => {
    const { status, json } = await importFile(
      app,
      desk,
      Uint8Array.from(content, (sign) => sign.charCodeAt(0)),
    );
    expect([status, Object.keys(json.details ?? {})]).toEqual([400, ['file']]);
  });

  test('has a template with the titles in the language of the reader', async () => {
    const { text, headers } = await desk.request('GET', '/api/patients/import/template/');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(parseCsv(text)[0]?.slice(0, 3)).toEqual(['Tipo de documento', 'Número de documento', 'Nombres']);
    const number = document();
    const filled = await importFile(app, desk, `${text.trim()}\r\nDNI,${number},Ana,Ríos\r\n`);
    expect(filled.json).toMatchObject({ rows_created: 1, ignored_columns: [] });
  });
});

const withSheet = async (xml: string) => {
  const parts = unzipSync(await writeXlsx({ sheets: [{ name: 'A', rows: [['a']] }] }));
  const name = Object.keys(parts).find((part) => /worksheets\/[^/]+\.xml$/.test(part)) ?? '';
  const head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>';
  return zipSync({ ...parts, [name]: new TextEncoder().encode(`${head}${xml}</sheetData></worksheet>`) });
};

describe('a workbook', () => {
  test('is read by its first sheet: dates as dates, numbers as documents with their zeros', async () => {
    const dni = unique() + 1_000_000;
    const bytes = await writeXlsx({
      sheets: [
        {
          name: 'Pacientes',
          rows: [
            ['DNI', 'Nombres', 'Apellido paterno', 'Fecha de nacimiento', 'Celular'],
            [dni, 'Iñés', 'Ortiz', new Date(Date.UTC(1975, 4, 9)), 987_654_321],
          ],
        },
        { name: 'Otra', rows: [['no se lee']] },
      ],
    });
    const { json } = await importFile(app, desk, bytes as Uint8Array<ArrayBuffer>);
    expect(json).toMatchObject({ status: 'done', rows_created: 1 });
    expect(await byDocument(`0${dni}`)).toMatchObject({
      firstName: 'Iñés',
      birthDate: '1975-05-09',
      phone: '987654321',
    });
  });

  test('that would grow beyond all bounds is refused before it is read', async () => {
    const wide = await withSheet('<row><c r="XFD1"><v>1</v></c></row>'.repeat(50_000));
    const before = process.memoryUsage().rss;
    const answer = await importFile(app, desk, wide);
    expect(answer.json).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('más allá de la columna ZZ'),
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    const deep = await withSheet(' '.repeat(101 * 1024 * 1024));
    expect(deep.length).toBeLessThan(200_000);
    const refused = await importFile(app, desk, deep);
    expect(refused.json).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('demasiado grande'),
    });
  });
});

const many = (rows: number, name: string) => {
  const first = 60_000_000 + unique() * 10_000;
  const lines = Array.from({ length: rows }, (_, i) => `${first + i},${name},Apellido,,,,`);
  return `${TITLES}\n${lines.join('\n')}\n`;
};

const countNamed = async (name: string) => {
  const [row] = await app.services.db
    .select({ n: count() })
    .from(patients)
    .where(like(patients.firstName, name));
  return row?.n;
};

const cutOff = () => Promise.reject(new Error('the power is gone'));

describe('an import that is cut off', () => {
  test('is taken up where it ended, and repeats nobody', async () => {
    const accepted = await desk.request('POST', '/api/patients/import/', {
      body: form(many(240, 'Cortado')),
    });
    const { id } = accepted.json;
    expect((await runImport(app, id, { progress: cutOff }))?.message).toBe('the power is gone');
    const midway = await desk.request('GET', `/api/patients/imports/${id}/`);
    expect(midway.json).toMatchObject({
      status: 'running',
      progress: 41,
      rows_created: 100,
      finished_at: null,
    });
    expect(await countNamed('Cortado')).toBe(100);

    const percents: number[] = [];
    expect(
      await runImport(app, id, { attempt: 2, progress: async (percent) => void percents.push(percent) }),
    ).toBeNull();
    expect(percents).toEqual([83, 100]);
    expect(await countNamed('Cortado')).toBe(240);
    expect(await runImport(app, id, { attempt: 3 })).toBeNull();
    expect((await desk.request('GET', `/api/patients/imports/${id}/`)).json).toMatchObject({
      status: 'done',
      rows_created: 240,
      rows_failed: 0,
    });
  });

  test('while another run goes on shares its rows with it, each once', async () => {
    const accepted = await desk.request('POST', '/api/patients/import/', {
      body: form(many(2_000, 'Doble')),
    });
    const { id } = accepted.json;
    expect(await Promise.all([runImport(app, id), runImport(app, id)])).toEqual([null, null]);
    expect(await countNamed('Doble')).toBe(2_000);
    expect((await desk.request('GET', `/api/patients/imports/${id}/`)).json).toMatchObject({
      status: 'done',
      rows_created: 2_000,
      rows_failed: 0,
    });
  });

  test('at the commit of its request, which nobody answered, is made all the same', async () => {
    const { transact } = app.services;
    app.services.transact = async (work) => {
      app.services.transact = transact;
      await transact(work);
      throw Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST' });
    };
    const { status } = await desk.request('POST', '/api/patients/import/', {
      body: form(many(2, 'Incierto')),
    });
    expect(status).toBe(503);
    const [row] = await app.services.db
      .select()
      .from(patientImports)
      .orderBy(desc(patientImports.id))
      .limit(1);
    expect(await runImport(app, row?.id ?? 0)).toBeNull();
    expect(await countNamed('Incierto')).toBe(2);
    expect(await storedFiles()).toBe(0);
  });

  test('for the last time has failed, says so, and leaves no file', async () => {
    const accepted = await desk.request('POST', '/api/patients/import/', { body: form(many(3, 'Nunca')) });
    const { id } = accepted.json;
    expect(await runImport(app, id, { attempt: 3, progress: cutOff })).not.toBeNull();
    const { json, text } = await desk.request('GET', `/api/patients/imports/${id}/`);
    expect(json).toMatchObject({ status: 'failed', error: expect.stringContaining('se interrumpió') });
    expect(text).not.toContain('power');
    expect(await storedFiles()).toBe(0);
  });
});

const storedFiles = async () => {
  let files = 0;
  for await (const _ of app.services.files.list('imports/')) files += 1;
  return files;
};

describe('who imports', () => {
  test('is told when it is done, without anybody’s name', async () => {
    const { json } = await importFile(app, desk, `${TITLES}\n${document()},Secreta,Persona,,,,\n`);
    const job = await lastJob(app);
    expect(job).toMatchObject({ job: 'notify-user', data: { kind: 'import_ready', userId: desk.userId } });
    const run = {
      id: `notify-${json.id}`,
      attempt: 3,
      maxAttempts: 3,
      signal: new AbortController().signal,
      progress: async () => undefined,
    };
    const notice = v.parse(UserNotice, job?.data);
    await sendUserNotice(systemCtx(app.services, 'notify-user'), notice, run).catch(() => undefined);
    const [told] = await app.services.db
      .select()
      .from(notifications)
      .where(eq(notifications.eventKey, `notify-${json.id}:user-${desk.userId}`));
    expect(told).toMatchObject({ kind: 'import_ready', userId: desk.userId });
    expect(JSON.stringify(told)).not.toContain('Secreta');
  });

  test('must still be permitted when the job runs', async () => {
    const leaving = await app.as('receptionist');
    const accepted = await leaving.request('POST', '/api/patients/import/', {
      body: form(many(2, 'Prohibido')),
    });
    await app.services.db.update(users).set({ role: 'patient' }).where(eq(users.id, leaving.userId));
    await runImport(app, accepted.json.id);
    const { json } = await admin.request('GET', `/api/patients/imports/${accepted.json.id}/`);
    expect(json).toMatchObject({ status: 'failed', error: expect.stringContaining('ya no tiene permiso') });
    expect(await countNamed('Prohibido')).toBe(0);
  });

  test('sees the own imports, an administrator all, nobody else any', async () => {
    const other = await app.as('receptionist');
    const { json } = await importFile(app, desk, `${TITLES}\n12,Reservado,Ajeno,,,,\n`);
    for (const path of [`/api/patients/imports/${json.id}/`, `/api/patients/imports/${json.id}/errors/`]) {
      const foreign = await other.request('GET', path);
      expect([foreign.status, foreign.text.includes('Reservado')]).toEqual([404, false]);
      expect((await admin.request('GET', path)).status).toBe(200);
      expect((await (await app.as('therapist')).request('GET', path)).status).toBe(403);
    }
    expect((await other.request('GET', '/api/patients/imports/')).json).toMatchObject({
      count: 0,
      results: [],
    });
    const list = await admin.request(
      'GET',
      '/api/patients/imports/?status=done&page_size=1&search=pacientes',
    );
    expect(list.json.results[0].id).toBe(json.id);
  });

  test('may send the request twice with one key: it is one import, with one file', async () => {
    const headers = { 'idempotency-key': `import-${unique()}` };
    const before = await storedFiles();
    const content = many(1, 'Clave');
    const first = await desk.request('POST', '/api/patients/import/', { body: form(content), headers });
    const second = await desk.request('POST', '/api/patients/import/', { body: form(content), headers });
    expect([first.status, second.status, second.json.id]).toEqual([202, 202, first.json.id]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const different = await desk.request('POST', '/api/patients/import/', {
      body: form(many(2, 'Otra')),
      headers,
    });
    expect(different.status).toBe(422);
    expect((await storedFiles()) - before).toBe(1);
    await runImport(app, first.json.id);
    expect(await storedFiles()).toBe(before);
    const [row] = await app.services.db
      .select()
      .from(patientImports)
      .where(eq(patientImports.id, first.json.id));
    expect(row?.status).toBe('done');
  });
});
