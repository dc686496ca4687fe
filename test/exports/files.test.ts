import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { readOds } from 'hucre/ods';
import { readXlsx } from 'hucre/xlsx';
import { parseCsv } from 'hucre/csv';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { REPORTS } from '../../src/modules/reports/registry.ts';
import { png } from '../files/pictures.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { pdfText } from '../pdf.ts';
import { DAYS, NAMES, randomClinic } from '../reports/clinic.ts';

/** Rendered examples, to be looked at. */
const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));

let app: TestApp;
let supervisor: Client;

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  app = await startTestApp({ CLINIC_NAME: 'Clínica Ñawi' });
  supervisor = await app.as('supervisor', { firstName: 'Ana', lastName: 'Núñez' });
  await randomClinic(app, 7, 220);
});
afterAll(() => app.close());

const [FROM, DAY, TO] = DAYS;
const PARAMETERS: Record<string, string> = {
  'citas-terapeuta': `date_from=${FROM}&date_to=${TO}`,
  'citas-rango': `start_date=${FROM}&end_date=${TO}`,
  estadisticas: `start=${FROM}&end=${TO}`,
};
const queryOf = (type: string) => PARAMETERS[type] ?? `date=${DAY}`;

async function fetchFile(kind: string, type: string, more = '') {
  const path = `/api/exports/${kind}/${type}/?${queryOf(type)}${more}`;
  const response = await app.app.handle(
    new Request(`http://localhost${path}`, { headers: { authorization: `Bearer ${supervisor.token}` } }),
  );
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  const bytes = await response.bytes();
  const name = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? '';
  await Bun.write(`${OUTPUT}${more.includes('letter') ? 'letter-' : ''}${name}`, bytes);
  return { bytes, name, type: response.headers.get('content-type') };
}

const squeezed = (text: string) => text.replaceAll(/\s+/g, '');

/** A number as the PDF writes it. */
const grouped = (value: number) =>
  value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

type Value = string | number | boolean | Date | null;
/** A spreadsheet's cell as CSV writes it: its column's format says whether it is a day or a time. */
function asText(value: Value, csv: string): Value {
  if (/^\d{4}-\d{2}-\d{2}$/.test(csv) && value instanceof Date) return value.toISOString().slice(0, 10);
  if (/^\d{2}:\d{2}$/.test(csv)) {
    const minutes =
      value instanceof Date
        ? value.getUTCHours() * 60 + value.getUTCMinutes()
        : Math.round(Number(value) * 1_440);
    return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  }
  if (typeof value === 'number' && csv !== '') return Number(csv) === value ? csv : value;
  return value ?? '';
}

describe.each(REPORTS.map(({ type }) => type))('%s', (type) => {
  test('says the same in CSV, Excel, OpenDocument and PDF', async () => {
    const csv = await fetchFile('csv', type);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(csv.bytes);
    expect(text.startsWith('\uFEFF')).toBe(true);
    expect(text.replaceAll(/"(?:[^"]|"")*"/g, '').replaceAll('\r\n', '')).not.toContain('\n');
    const [head = [], ...rows] = parseCsv(text.slice(1)) as string[][];
    expect(rows.length).toBeGreaterThan(0);

    for (const format of ['xlsx', 'ods'] as const) {
      const file = await fetchFile('excel', type, `&format=${format}`);
      const { sheets } = await (format === 'xlsx' ? readXlsx : readOds)(file.bytes);
      const [first, ...others] = sheets;
      const [titles, ...body] = (first?.rows ?? []) as Value[][];
      expect(titles).toEqual(head);
      const cells = body
        .slice(0, rows.length)
        .map((row, r) => head.map((_, c) => asText(row[c] ?? null, rows[r]?.[c] ?? '')));
      expect([format, cells]).toEqual([format, rows.map((row) => head.map((_, c) => row[c] ?? ''))]);
      expect(others.length).toBeGreaterThan(0);
    }

    const pdf = squeezed(await pdfText((await fetchFile('pdf', type)).bytes));
    for (const row of rows) {
      for (const cell of row.filter((value) => /^-?\d+\.\d{2}$/.test(value)))
        expect(pdf).toContain(grouped(Number(cell)));
    }
    expect(pdf).toContain('ClínicaÑawi');
    expect(pdf).toContain('AnaNúñez');
    expect(pdf).toMatch(/Página1de\d+/);
  });
});

test('the files of the cash say what its JSON says', async () => {
  const { json } = await supervisor.request('GET', `/api/reports/improved-daily-cash/?date=${DAY}`);
  const csv = await fetchFile('csv', 'caja-chica-mejorada');
  const [, ...rows] = parseCsv(new TextDecoder().decode(csv.bytes)) as string[][];
  const told = rows.map((row) => ({
    ticket: row[2],
    paciente: row[3]?.replace(/^'/, ''),
    monto: Number(row[6]),
  }));
  type Entry = { ticket_number: string; paciente: string; monto: number };
  expect(told).toEqual(
    json.pagos_detallados.map((entry: Entry) => ({
      ticket: entry.ticket_number,
      paciente: entry.paciente,
      monto: entry.monto,
    })),
  );
  const { bytes, name } = await fetchFile('excel', 'caja-chica-mejorada');
  expect(name).toBe(`caja-chica-${DAY}.xlsx`);
  const { sheets } = await readXlsx(bytes);
  expect(sheets.map((sheet) => sheet.name)).toEqual(['Movimientos', 'Resumen por método', 'Información']);
  expect(sheets[0]?.rows.at(-1)?.[6]).toBe(json.total_general);
  expect(sheets[1]?.rows.at(-1)).toEqual(['TOTAL', json.cantidad_total_pagos, json.total_general]);
  const pdf = await pdfText((await fetchFile('pdf', 'caja-chica-mejorada')).bytes);
  expect(squeezed(pdf)).toContain(`S/${grouped(json.total_general)}`);
});

test('Excel keeps its heading in sight and its numbers as numbers', async () => {
  const { bytes, type } = await fetchFile('excel', 'tickets-pagados');
  expect(type).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
  const parts = unzipSync(bytes);
  const sheet = new TextDecoder().decode(parts['xl/worksheets/sheet1.xml']);
  const styles = new TextDecoder().decode(parts['xl/styles.xml']);
  expect(sheet).toContain('ySplit="1" topLeftCell="A2"');
  expect(sheet).toContain('state="frozen"');
  expect(sheet).toContain('<autoFilter ref="A1:');
  expect(sheet).not.toContain('<f>');
  expect(styles).toContain('dd/mm/yyyy');
  expect(styles).toContain('<b/>');
});

test('nothing in a file is run as a formula', async () => {
  const csv = new TextDecoder().decode((await fetchFile('csv', 'citas-rango')).bytes);
  const cells = (parseCsv(csv) as string[][]).flat();
  expect(cells).toContain(`'=HYPERLINK("http://mal.pe";"clic") Peña`);
  expect(cells).toContain(`'@suma +cmd -1`);
  expect(cells).toContain('+51 900 000 001');
  const { sheets } = await readXlsx((await fetchFile('excel', 'citas-rango')).bytes);
  const written = (sheets[0]?.rows ?? []).flat().filter((value) => typeof value === 'string');
  expect(written).toContain(`'=HYPERLINK("http://mal.pe";"clic") Peña`);
  expect(written.filter((value) => /^[=@\t\r]/.test(value))).toEqual([]);
});

test('a PDF has every name, and its heading and page on every page', async () => {
  const { bytes, name, type } = await fetchFile('pdf', 'citas-rango', '&format=letter');
  expect([type, name]).toEqual(['application/pdf', `citas-entre-fechas-${FROM}-${TO}.pdf`]);
  const text = await pdfText(bytes);
  const pages = text.split('\f').filter((page) => page.trim() !== '');
  expect(pages.length).toBeGreaterThan(3);
  for (const [index, page] of pages.entries())
    expect(page).toContain(`Página ${index + 1} de ${pages.length}`);
  for (const page of pages.slice(0, -1)) expect(page).toContain('Paciente');
  for (const [first] of NAMES) {
    const [word = ''] = first.split(/[ ,]/);
    expect(text).toContain(word.slice(0, 10));
  }
});

const images = (bytes: Uint8Array) =>
  new TextDecoder('latin1').decode(bytes).split('/Subtype /Image').length - 1;

test('the logo is on the PDF', async () => {
  const admin = await app.as('administrator');
  const body = new FormData();
  body.set('logo', new File([png(60, 40)], 'logo.png'));
  const before = (await fetchFile('pdf', 'resumen-caja')).bytes;
  expect((await admin.request('POST', '/api/company/logo/', { body })).status).toBe(200);
  const after = (await fetchFile('pdf', 'resumen-caja')).bytes;
  expect([images(before), images(after) > 0]).toEqual([0, true]);
});

test('who took a report out of the service is in the audit log', async () => {
  await fetchFile('csv', 'resumen-caja');
  const admin = await app.as('administrator');
  const { json } = await admin.request('GET', '/api/audit/?entity=report&action=export');
  expect(json.results[0]).toMatchObject({ actor_id: supervisor.userId, entity_id: 'resumen-caja' });
});

test('a client that goes while it waits ends the rendering, and the next is served', async () => {
  const gone = new AbortController();
  const path = `/api/exports/pdf/citas-rango/?${queryOf('citas-rango')}`;
  const headers = { authorization: `Bearer ${supervisor.token}` };
  const pending = app.app.handle(new Request(`http://localhost${path}`, { headers, signal: gone.signal }));
  setTimeout(() => gone.abort(), 30);
  expect((await pending).status).not.toBe(200);
  expect((await fetchFile('pdf', 'resumen-caja')).bytes.length).toBeGreaterThan(1_000);
});
