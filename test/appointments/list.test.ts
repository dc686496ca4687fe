import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { appointments } from '../../src/modules/appointments/tables.ts';
import { patients as patientTable } from '../../src/modules/patients/tables.ts';
import { therapists as therapistTable } from '../../src/modules/therapists/tables.ts';
import { type Answer, type Client, startTestApp, type TestApp } from '../harness.ts';
import { existing } from './clinic.ts';

let app: TestApp;
let desk: Client;
let therapistId: number;

beforeAll(async () => {
  app = await startTestApp();
  desk = await app.as('receptionist');
  therapistId = await app.therapist();
});
afterAll(() => app.close());

const list = (query: string, client: Client = desk) => client.request('GET', `/api/appointments/?${query}`);
const idsOf = ({ json }: Answer): number[] => json.results.map((row: { id: number }) => row.id);
const ids = async (query: string, client: Client = desk) => idsOf(await list(query, client));

const paramsOf = (link: string) => Object.fromEntries(new URL(link).searchParams);

describe('the list', () => {
  let patientId: number;
  let other: number;
  let made: number[];

  beforeAll(async () => {
    patientId = await app.patient({ firstName: 'Zoë', paternalLastName: 'Ñuñez', maternalLastName: '50%_x' });
    other = await app.therapist();
    made = [];
    for (const [starts, status, therapist] of [
      ['2031-01-02T04:59:59Z', 'completed', therapistId], // the evening of the 1st in Lima
      ['2031-01-02T05:00:00Z', 'confirmed', therapistId],
      ['2031-01-03T04:59:59Z', 'pending', other],
      ['2031-01-03T05:00:00Z', 'cancelled', other],
    ] as const) {
      made.push(await existing(app, { therapistId: therapist, patientId, starts, status }));
    }
  });

  test('is the latest first, or as it is ordered', async () => {
    const [a, b, c, d] = made;
    const mine = `patient_id=${patientId}`;
    expect(await ids(mine)).toEqual([d, c, b, a] as number[]);
    expect(await ids(`${mine}&ordering=date_time`)).toEqual([a, b, c, d] as number[]);
    expect(await ids(`${mine}&ordering=created_at`)).toEqual([a, b, c, d] as number[]);
    // As the states follow each other: pending, confirmed, completed, cancelled.
    expect(await ids(`${mine}&ordering=status`)).toEqual([c, b, a, d] as number[]);
    expect(await ids(`${mine}&ordering=-status`)).toEqual([d, a, b, c] as number[]);
  });

  test('filters by therapist, state and the days of the clinic', async () => {
    const [a, b, c, d] = made;
    const mine = `patient_id=${patientId}&ordering=date_time`;
    expect(await ids(`${mine}&therapist_id=${other}`)).toEqual([c, d] as number[]);
    expect(await ids(`${mine}&status=confirmed`)).toEqual([b] as number[]);
    expect(await ids(`${mine}&date_from=2031-01-02&date_to=2031-01-02`)).toEqual([b, c] as number[]);
    expect(await ids(`${mine}&date_to=2031-01-01`)).toEqual([a] as number[]);
    expect(await ids(`${mine}&date_from=2031-01-03`)).toEqual([d] as number[]);
    expect(await ids(`${mine}&date_from=2031-01-03&date_to=2031-01-01`)).toEqual([]);
    expect(await ids(`${mine}&status=pending&therapist_id=${therapistId}`)).toEqual([]);
    expect(await ids('patient_id=999999')).toEqual([]);
  });

  test('searches the patient without accents or case, and takes pattern signs literally', async () => {
    expect(await ids('search=nunez zoe')).toHaveLength(4);
    expect(await ids('search=ÑUÑEZ&status=pending')).toEqual([made[2]] as number[]);
    expect(await ids('search=zoe nadie')).toEqual([]);
    expect(await ids('search=%25%25%25')).toEqual([]);
    expect(await ids('search=zo_')).toEqual([]);
  });

  test('shows each as it is read alone', async () => {
    const { json } = await list(`patient_id=${patientId}`);
    expect(json.count).toBe(4);
    for (const row of json.results) {
      expect((await desk.request('GET', `/api/appointments/${row.id}/`)).json).toEqual(row);
    }
  });

  test.each([
    ['page=0', 'page'],
    ['page=x', 'page'],
    ['page_size=0', 'page_size'],
    ['page_size=101', 'page_size'],
    ['ordering=notes', 'ordering'],
    ['ordering=--date_time', 'ordering'],
    ['status=lost', 'status'],
    ['patient_id=-1', 'patient_id'],
    ['therapist_id=1e3', 'therapist_id'],
    ['date_from=2031-1-1', 'date_from'],
    ['date_to=2031-02-29', 'date_to'],
    [`search=${'x'.repeat(101)}`, 'search'],
  ])('refuses %s', async (query, field) => {
    const { status, json } = await list(query);
    expect([status, json.code, Object.keys(json.details)]).toEqual([400, 'VALIDATION_ERROR', [field]]);
  });
});

describe('pages', () => {
  const ROWS = 1_250;
  let patientId: number;

  beforeAll(async () => {
    patientId = await app.patient({ firstName: 'Largo', paternalLastName: 'Historial' });
    const first = Temporal.Instant.from('2020-01-01T15:00:00Z');
    await app.services.db.insert(appointments).values(
      Array.from({ length: ROWS }, (_, i) => {
        // Several at one time: the id has to settle their order.
        const dateTime = first.add({ hours: Math.floor(i / 3) * 24 });
        return {
          patientId,
          therapistId,
          dateTime,
          endsAt: dateTime.add({ hours: 1 }),
          duration: 60,
          price: '50.00',
          status: i % 5 === 0 ? ('no_show' as const) : ('completed' as const),
        };
      }),
    );
  });

  test('link to each other with absolute addresses that keep the filters', async () => {
    const query = `patient_id=${patientId}&status=no_show&ordering=date_time&search=largo&page_size=100`;
    const seen: number[] = [];
    let link: string | null = `http://localhost/api/appointments/?${query}`;
    let previous: string | null = null;
    for (let page = 1; link !== null; page += 1) {
      const { pathname, search, origin } = new URL(link);
      expect([origin, pathname]).toEqual(['http://localhost', '/api/appointments/']);
      const answer: Answer = await desk.request('GET', `${pathname}${search}`);
      expect(answer.json.count).toBe(ROWS / 5);
      expect(answer.json.previous === null).toBe(previous === null);
      if (answer.json.previous !== null) {
        expect(paramsOf(answer.json.previous)).toEqual({
          ...paramsOf(previous ?? ''),
          page: String(page - 1),
        });
      }
      seen.push(...idsOf(answer));
      [previous, link] = [link, answer.json.next];
      if (link !== null) {
        expect(paramsOf(link)).toEqual({
          patient_id: String(patientId),
          status: 'no_show',
          ordering: 'date_time',
          search: 'largo',
          page_size: '100',
          page: String(page + 1),
        });
      }
    }
    expect(seen).toHaveLength(ROWS / 5);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test.each(['', 'ordering=date_time&', 'ordering=status&', 'ordering=-created_at&', 'search=historial&'])(
    'far down show what shallow ones would: %s',
    async (extra) => {
      const query = `${extra}patient_id=${patientId}`;
      // The same rows as pages of 100 (from 1000 on they are deep) and of 10.
      const deep = await list(`${query}&page=11&page_size=100`);
      const small = [];
      for (let page = 101; page <= 110; page += 1)
        small.push(...(await ids(`${query}&page=${page}&page_size=10`)));
      expect(idsOf(deep)).toEqual(small);
      const all = [];
      for (let page = 1; page <= 13; page += 1)
        all.push(...(await ids(`${query}&page=${page}&page_size=100`)));
      expect(new Set(all).size).toBe(ROWS);
      expect(all).toHaveLength(ROWS);
      expect(deep.json).toMatchObject({ count: ROWS });
      const [row] = deep.json.results;
      expect((await desk.request('GET', `/api/appointments/${row.id}/`)).json).toEqual(row);
    },
  );

  test('after the last are empty, and know the count', async () => {
    const { status, json } = await list(`patient_id=${patientId}&page=900&page_size=100`);
    expect([status, json.count, json.next, json.results]).toEqual([200, ROWS, null, []]);
    const last = await list(`patient_id=${patientId}&page=13&page_size=100`);
    expect([last.json.count, last.json.next, last.json.results.length]).toEqual([ROWS, null, 50]);
  });

  test('are of 20 when nothing is said', async () => {
    expect((await list(`patient_id=${patientId}`)).json.results).toHaveLength(20);
    expect((await list(`patient_id=${patientId}&page_size=1`)).json.results).toHaveLength(1);
  });
});

describe('who sees what', () => {
  let patients: [Client, Client];
  let therapists: [Client, Client];
  let shared: Record<string, number>;

  beforeAll(async () => {
    patients = [await app.as('patient'), await app.as('patient')];
    therapists = [await app.as('therapist'), await app.as('therapist')];
    shared = {};
    for (const [p, patient] of patients.entries()) {
      for (const [t, therapist] of therapists.entries()) {
        shared[`p${p}t${t}`] = await existing(app, {
          patientId: patient.patientId,
          therapistId: therapist.therapistId,
          starts: `2032-03-0${p + 1}T1${t}:00:00Z`,
          reason: `Secreto p${p}t${t}`,
        });
      }
    }
  });

  test('a patient the own, a therapist the assigned, whatever the filter', async () => {
    const cases: [Client, string[]][] = [
      [patients[0], ['p0t1', 'p0t0']],
      [therapists[1], ['p1t1', 'p0t1']],
    ];
    for (const [client, names] of cases) {
      const all = await list('', client);
      expect([all.json.count, idsOf(all)]).toEqual([
        names.length,
        names.map((name) => shared[name]),
      ] as never);
      for (const query of [
        '',
        'page_size=100',
        'search=quispe',
        'search=secreto',
        `patient_id=${patients[1].patientId}`,
        `therapist_id=${therapists[0].therapistId}`,
        'ordering=date_time&date_from=2032-03-01',
        'page=2&page_size=1',
      ]) {
        const { text } = await list(query, client);
        for (const name of Object.keys(shared)) {
          if (!names.includes(name))
            expect([query, name, text.includes(`Secreto ${name}"`)]).toEqual([query, name, false]);
        }
      }
    }
    expect(await ids(`patient_id=${patients[1].patientId}`, patients[0])).toEqual([]);
  });

  test('one that is not theirs is not there', async () => {
    for (const client of [patients[0], therapists[1]]) {
      const id = shared['p1t0'];
      for (const path of [`/api/appointments/${id}/`, `/api/appointments/${id}/calendar.ics`]) {
        const answer = await client.request('GET', path);
        const absent = await client.request('GET', path.replace(String(id), '999999'));
        expect([answer.status, answer.json.code]).toEqual([404, 'NOT_FOUND']);
        expect({ ...answer.json, request_id: '' }).toEqual({ ...absent.json, request_id: '' });
      }
      expect((await client.request('GET', `/api/appointments/${shared['p0t1']}/`)).status).toBe(200);
    }
  });

  test('reception, supervision and administration all; a stranger nothing', async () => {
    for (const role of ['receptionist', 'supervisor', 'administrator'] as const) {
      expect(await ids('date_from=2032-03-01&date_to=2032-03-02', await app.as(role))).toHaveLength(4);
    }
    for (const path of ['', '1/', 'available/', 'therapist/1/', '1/calendar.ics']) {
      expect((await app.request('GET', `/api/appointments/${path}`)).status).toBe(401);
    }
  });

  test('an account without a record sees nothing', async () => {
    const [patient, therapist] = [await app.as('patient'), await app.as('therapist')];
    await app.services.db
      .update(patientTable)
      .set({ userId: null })
      .where(eq(patientTable.id, patient.patientId));
    await app.services.db
      .update(therapistTable)
      .set({ userId: null })
      .where(eq(therapistTable.id, therapist.therapistId));
    for (const client of [patient, therapist])
      expect((await list('', client)).json).toMatchObject({ count: 0, results: [] });
  });
});

const agenda = (client: Client, id: number, query = '') =>
  client.request('GET', `/api/appointments/therapist/${id}/?${query}`);

describe('the agenda', () => {
  let owner: Client;
  let made: number[];

  beforeAll(async () => {
    owner = await app.as('therapist');
    made = [];
    for (const starts of ['2033-01-05T15:00:00Z', '2033-01-03T15:00:00Z', '2033-01-04T15:00:00Z']) {
      made.push(
        await existing(app, {
          therapistId: owner.therapistId,
          patientId: await app.patient(),
          starts,
          reason: 'Reservado',
        }),
      );
    }
  });

  test('is ascending, by days, in pages', async () => {
    const [late, early, middle] = made;
    expect(idsOf(await agenda(owner, owner.therapistId))).toEqual([early, middle, late] as number[]);
    expect(idsOf(await agenda(owner, owner.therapistId, 'ordering=-date_time'))).toEqual([
      late,
      middle,
      early,
    ] as number[]);
    expect(idsOf(await agenda(owner, owner.therapistId, 'date_from=2033-01-04&date_to=2033-01-04'))).toEqual([
      middle,
    ] as number[]);
    const { json } = await agenda(owner, owner.therapistId, 'page=2&page_size=1&date_from=2033-01-03');
    expect([json.count, idsOf({ json } as Answer)]).toEqual([3, [middle] as number[]]);
    expect(new URL(json.next).pathname).toBe(`/api/appointments/therapist/${owner.therapistId}/`);
    expect(paramsOf(json.next)).toEqual({ page: '3', page_size: '1', date_from: '2033-01-03' });
  });

  test('is empty for who has nothing to do, and not found for who is not there', async () => {
    const desk = await app.as('receptionist');
    const idle = await agenda(desk, await app.therapist());
    expect([idle.status, idle.json.count]).toEqual([200, 0]);
    expect((await agenda(desk, 999_999_999)).status).toBe(404);
  });

  test('is for its therapist and the staff', async () => {
    const roles = [
      ['receptionist', 200],
      ['supervisor', 200],
      ['administrator', 200],
      ['patient', 403],
      ['therapist', 403],
    ] as const;
    for (const [role, status] of roles) {
      const answer = await agenda(await app.as(role), owner.therapistId);
      expect([role, answer.status]).toEqual([role, status]);
      expect(answer.text.includes('Reservado')).toBe(status === 200);
    }
  });
});
