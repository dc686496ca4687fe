import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { book, freeTime } from './clinic.ts';

let app: TestApp;
let desk: Client;
let me: Client;
let therapistId: number;

beforeAll(async () => {
  app = await startTestApp({
    CLINIC_NAME: 'Centro Ñandú; "Salud", S.A.',
    PUBLIC_URL: 'https://clinic.example',
  });
  desk = await app.as('receptionist');
  me = await app.as('patient');
  therapistId = await app.therapist({ firstName: 'Ana María', paternalLastName: 'Ñahui' });
});
afterAll(() => app.close());

/** Reads an iCalendar file as RFC 5545 has it: CRLF, lines of at most 75 octets, unfolded; properties by name. */
async function calendar(client: Client, id: number) {
  const answer = await client.request('GET', `/api/appointments/${id}/calendar.ics`);
  expect(answer.status).toBe(200);
  const { text } = answer;
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  const properties = new Map<string, string>();
  const open: string[] = [];
  for (const line of text.replaceAll('\r\n ', '').split('\r\n').filter(Boolean)) {
    const [, name = '', value = ''] = /^([A-Z-]+)(?:;[^:]+)?:(.*)$/.exec(line) ?? [];
    expect(name).not.toBe('');
    if (name === 'BEGIN') open.push(value);
    else if (name === 'END') expect(open.pop()).toBe(value);
    else properties.set(`${open.at(-1)}.${name}`, value);
  }
  expect(open).toEqual([]);
  return { answer, of: (name: string) => properties.get(name) };
}

const utc = (text: string) =>
  Temporal.Instant.from(text).toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');

test('an appointment is a calendar event that follows its changes', async () => {
  const { json } = await book(desk, {
    patient_id: me.patientId,
    therapist_id: therapistId,
    date_time: freeTime(),
    appointment_type: 'Reflexología; podal, completa',
    reason: `Línea uno\nlínea dos, con \\ y ; ${'muy larga '.repeat(20)}`,
    room: 'Sala 1',
  });
  const first = await calendar(me, json.id);
  expect(first.answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
  expect(first.answer.headers.get('content-disposition')).toBe(`attachment; filename="cita-${json.id}.ics"`);
  expect(first.of('VCALENDAR.VERSION')).toBe('2.0');
  expect(first.of('VCALENDAR.PRODID')).toBeString();
  expect(first.of('VEVENT.UID')).toBe(`appointment-${json.id}@clinic.example`);
  expect(first.of('VEVENT.DTSTART')).toBe(utc(json.date_time));
  expect(first.of('VEVENT.DTEND')).toBe(utc(json.ends_at));
  expect(first.of('VEVENT.DTSTAMP')).toMatch(/^\d{8}T\d{6}Z$/);
  expect(first.of('VEVENT.SEQUENCE')).toBe('0');
  expect(first.of('VEVENT.STATUS')).toBe('TENTATIVE');
  expect(first.of('VEVENT.SUMMARY')).toBe('Reflexología\\; podal\\, completa · Ana María Ñahui Flores');
  expect(first.of('VEVENT.DESCRIPTION')).toContain('Línea uno\\nlínea dos\\, con \\\\ y \\; muy larga');
  expect(first.of('VEVENT.LOCATION')).toBe('Centro Ñandú\\; "Salud"\\, S.A.\\, Sala 1');

  const path = `/api/appointments/${json.id}/`;
  const starts = freeTime();
  const steps: [() => Promise<unknown>, string, string][] = [
    [() => desk.request('PATCH', `${path}status/`, { body: { status: 'confirmed' } }), '1', 'CONFIRMED'],
    [() => desk.request('PUT', path, { body: { notes: 'Nada que ver con la hora' } }), '1', 'CONFIRMED'],
    [() => desk.request('PUT', path, { body: { date_time: starts } }), '2', 'CONFIRMED'],
    [() => desk.request('PUT', path, { body: { room: 'Sala 1' } }), '2', 'CONFIRMED'],
    [() => desk.request('PUT', path, { body: { room: 'Sala 2' } }), '3', 'CONFIRMED'],
    [() => me.request('DELETE', path), '4', 'CANCELLED'],
  ];
  for (const [step, sequence, status] of steps) {
    await step();
    const now = await calendar(me, json.id);
    expect([now.of('VEVENT.SEQUENCE'), now.of('VEVENT.STATUS')]).toEqual([sequence, status]);
    expect(now.of('VEVENT.UID')).toBe(first.of('VEVENT.UID') ?? '');
  }
  expect((await calendar(me, json.id)).of('VEVENT.DTSTART')).toBe(utc(starts));
});

test('an appointment without type, reason or room is an event, too', async () => {
  const { json } = await book(desk, {
    patient_id: me.patientId,
    therapist_id: therapistId,
    date_time: freeTime(),
  });
  const { of } = await calendar(desk, json.id);
  expect(of('VEVENT.SUMMARY')).toBe('Cita · Ana María Ñahui Flores');
  expect(of('VEVENT.LOCATION')).toBe('Centro Ñandú\\; "Salud"\\, S.A.');
});
