import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { PAYMENT_METHODS } from '../../src/modules/billing/tables.ts';
import { STATUSES } from '../../src/modules/appointments/status.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { cents, dayOf, DAYS, nameOf, randomClinic, rawRows, sumOf, timeOf, ZONE } from './clinic.ts';

let app: TestApp;
let supervisor: Client;
let raw: Awaited<ReturnType<typeof rawRows>>;

beforeAll(async () => {
  app = await startTestApp();
  supervisor = await app.as('supervisor');
  await randomClinic(app, 20_260_301, 260);
  raw = await rawRows(app);
});
afterAll(() => app.close());

/** What is known of a movement of money, from the raw rows. */
function movements(day: string) {
  return raw.ledger
    .filter(({ paidAt }) => dayOf(paidAt) === day)
    .map((entry) => {
      const ticket = raw.issued.get(entry.ticketId);
      const visit = raw.booked.get(ticket?.appointmentId ?? 0);
      const patient = raw.people.get(visit?.patientId ?? 0);
      const therapist = raw.staff.get(visit?.therapistId ?? 0);
      if (!ticket || !visit || !patient || !therapist) throw new Error('a movement hangs in the air');
      return { ...entry, ticket, visit, patient, therapist, cents: cents(entry.amount) };
    })
    .toSorted((a, b) => Temporal.Instant.compare(a.paidAt, b.paidAt) || a.id - b.id);
}

const signed = (entry: { kind: string; cents: number }) =>
  entry.kind === 'refund' ? -entry.cents : entry.cents;
const offset = (instant: Temporal.Instant) =>
  instant.toZonedDateTimeISO(ZONE).toString({ smallestUnit: 'second', timeZoneName: 'never' });
const ask = async (path: string) => {
  const answer = await supervisor.request('GET', `/api/reports/${path}`);
  expect(answer.status).toBe(200);
  return answer.json;
};

describe.each([...DAYS])('on %s', (day) => {
  test('the cash is every movement of the day, refunds as what they are', async () => {
    const all = movements(day);
    expect(all.some(({ kind }) => kind === 'refund')).toBe(true);
    expect(all.some(({ visit }) => dayOf(visit.dateTime) !== day)).toBe(true);
    const paid = all.filter(({ kind }) => kind === 'payment');
    const answer = await ask(`improved-daily-cash/?date=${day}`);
    expect(answer).toEqual({
      fecha: day,
      pagos_detallados: all.map((entry) => ({
        tipo: entry.kind === 'refund' ? 'devolucion' : 'pago',
        id: entry.id,
        ticket_number: entry.ticket.ticketNumber,
        monto: signed(entry) / 100,
        metodo_pago: entry.paymentMethod,
        paciente: nameOf(entry.patient),
        terapeuta: nameOf(entry.therapist),
        fecha_pago: offset(entry.paidAt),
      })),
      resumen_por_metodo: PAYMENT_METHODS.flatMap((metodo) => {
        const its = all.filter(({ paymentMethod }) => paymentMethod === metodo);
        const cantidad_pagos = its.filter(({ kind }) => kind === 'payment').length;
        return its.length > 0 ? [{ metodo, cantidad_pagos, total: sumOf(its.map(signed)) }] : [];
      }),
      total_general: sumOf(all.map(signed)),
      cantidad_total_pagos: paid.length,
    });
    const { json: posted } = await supervisor.request('POST', '/api/reports/improved-daily-cash/', {
      body: { date: day, payment_methods: [] },
    });
    expect(posted).toEqual(answer);
  });

  test('the cash of some ways to pay is that part of it', async () => {
    const some = movements(day).filter(({ paymentMethod }) => ['yape', 'efectivo'].includes(paymentMethod));
    const { json } = await supervisor.request('POST', '/api/reports/improved-daily-cash/', {
      body: { date: day, payment_methods: ['yape', 'efectivo'] },
    });
    expect(json.pagos_detallados.map(({ id }: { id: number }) => id)).toEqual(some.map(({ id }) => id));
    expect(json.total_general).toBe(sumOf(some.map(signed)));
    expect(await ask(`improved-daily-cash/?date=${day}&payment_methods=efectivo,yape`)).toEqual(json);
  });

  test('the paid tickets are those of the day of payment, with what they were paid', async () => {
    const paid = movements(day).filter(({ kind }) => kind === 'payment');
    const methods = PAYMENT_METHODS.filter((method) => paid.some((entry) => entry.paymentMethod === method));
    const answer = await ask(`daily-paid-tickets/?date=${day}`);
    expect(answer).toEqual({
      fecha: day,
      tickets_pagados: paid.map(({ ticket, visit, patient, therapist, ...entry }) => ({
        ticket_id: ticket.id,
        numero_ticket: ticket.ticketNumber,
        monto: entry.cents / 100,
        metodo_pago: entry.paymentMethod,
        fecha_pago: offset(entry.paidAt),
        descripcion: ticket.description,
        cita_id: visit.id,
        fecha_cita: dayOf(visit.dateTime),
        hora_cita: timeOf(visit.dateTime),
        consultorio: visit.room,
        paciente_nombre: nameOf(patient),
        paciente_documento: patient.documentNumber,
        paciente_telefono: patient.phone,
        terapeuta_nombre: nameOf(therapist),
        terapeuta_licencia: therapist.licenseNumber,
      })),
      resumen_por_metodo: methods.map((metodo) => {
        const its = paid.filter(({ paymentMethod }) => paymentMethod === metodo);
        return { metodo, cantidad_tickets: its.length, total: sumOf(its.map((entry) => entry.cents)) };
      }),
      total_general: sumOf(paid.map((entry) => entry.cents)),
      cantidad_tickets: paid.length,
      metodos_pago_utilizados: methods,
    });
    const { json: posted } = await supervisor.request('POST', '/api/reports/daily-paid-tickets/', {
      body: { date: day },
    });
    expect(posted).toEqual(answer);
  });

  test('the cash summary adds up', async () => {
    const all = movements(day);
    const of = (kind: string, its = all) => its.filter((entry) => entry.kind === kind);
    const sum = (its: typeof all) => sumOf(its.map((entry) => entry.cents));
    expect(await ask(`daily-cash/?date=${day}`)).toEqual({
      fecha: day,
      resumen_por_metodo: PAYMENT_METHODS.flatMap((metodo) => {
        const its = all.filter(({ paymentMethod }) => paymentMethod === metodo);
        if (its.length === 0) return [];
        return {
          metodo,
          cantidad_pagos: of('payment', its).length,
          ingresos: sum(of('payment', its)),
          cantidad_devoluciones: of('refund', its).length,
          devoluciones: sum(of('refund', its)),
          total: sumOf(its.map(signed)),
        };
      }),
      total_ingresos: sum(of('payment')),
      total_devoluciones: sum(of('refund')),
      total_general: sumOf(all.map(signed)),
      cantidad_total_pagos: of('payment').length,
    });
  });

  test('each therapist’s patients are those who come', async () => {
    const comes = [...raw.booked.values()]
      .filter(({ dateTime, status }) => dayOf(dateTime) === day && status !== 'cancelled')
      .toSorted((a, b) => Temporal.Instant.compare(a.dateTime, b.dateTime) || a.patientId - b.patientId);
    const answer = await ask(`patients-by-therapist/?date=${day}`);
    expect(answer.total_pacientes).toBe(new Set(comes.map(({ patientId }) => patientId)).size);
    const byId = answer.terapeutas.toSorted(
      (a: { terapeuta_id: number }, b: { terapeuta_id: number }) => a.terapeuta_id - b.terapeuta_id,
    );
    const expected = [...Map.groupBy(comes, ({ therapistId }) => therapistId)].map(
      ([terapeuta_id, visits]) => {
        const people = [...Map.groupBy(visits, ({ patientId }) => patientId)];
        return {
          terapeuta_id,
          terapeuta: nameOf(raw.staff.get(terapeuta_id) ?? never()),
          cantidad_pacientes: people.length,
          pacientes: people.map(([paciente_id, its]) => {
            const person = raw.people.get(paciente_id) ?? never();
            return {
              paciente_id,
              paciente: nameOf(person),
              documento: person.documentNumber,
              telefono: person.phone,
              hora: timeOf(its[0]?.dateTime ?? never()),
              citas: its.length,
            };
          }),
        };
      },
    );
    expect(byId).toEqual(expected.toSorted((a, b) => a.terapeuta_id - b.terapeuta_id));
  });
});

const never = () => {
  throw new Error('is there');
};

const NAMES_OF_STATES = ['pendientes', 'confirmadas', 'en_curso', 'completadas', 'canceladas', 'no_asistio'];

test.each([
  [`date=${DAYS[1]}`, DAYS[1], DAYS[1]],
  [`date_from=${DAYS[0]}&date_to=${DAYS[2]}`, DAYS[0], DAYS[2]],
])('the appointments per therapist of %s', async (query, from, to) => {
  const visits = [...raw.booked.values()].filter(
    ({ dateTime }) => dayOf(dateTime) >= from && dayOf(dateTime) <= to,
  );
  const answer = await ask(`appointments-per-therapist/?${query}`);
  const expected = [...Map.groupBy(visits, ({ therapistId }) => therapistId)]
    .map(([terapeuta_id, its]) => ({
      terapeuta_id,
      terapeuta: nameOf(raw.staff.get(terapeuta_id) ?? never()),
      ...Object.fromEntries(
        STATUSES.map((status, index) => [
          NAMES_OF_STATES[index],
          its.filter((visit) => visit.status === status).length,
        ]),
      ),
      total_citas: its.length,
      porcentaje: Number(((its.length / visits.length) * 100).toFixed(2)),
    }))
    .toSorted((a, b) => b.total_citas - a.total_citas || a.terapeuta_id - b.terapeuta_id);
  expect(answer).toEqual({
    fecha_inicio: from,
    fecha_fin: to,
    terapeutas: expected,
    total_citas: visits.length,
  });
});

test('the appointments between two dates are all of them, in order', async () => {
  const [from, to] = [DAYS[0], DAYS[2]];
  const visits = [...raw.booked.values()]
    .filter(({ dateTime }) => dayOf(dateTime) >= from && dayOf(dateTime) <= to)
    .toSorted((a, b) => Temporal.Instant.compare(a.dateTime, b.dateTime) || a.id - b.id);
  const ticketOf = new Map([...raw.issued.values()].map((ticket) => [ticket.appointmentId, ticket]));
  const answer = await ask(`appointments-between-dates/?start_date=${from}&end_date=${to}`);
  expect(answer.citas).toEqual(
    visits.map((visit) => {
      const person = raw.people.get(visit.patientId) ?? never();
      const ticket = ticketOf.get(visit.id) ?? never();
      return {
        cita_id: visit.id,
        fecha: dayOf(visit.dateTime),
        hora: timeOf(visit.dateTime),
        duracion: 60,
        paciente_id: visit.patientId,
        paciente: nameOf(person),
        documento: person.documentNumber,
        telefono: person.phone,
        terapeuta_id: visit.therapistId,
        terapeuta: nameOf(raw.staff.get(visit.therapistId) ?? never()),
        tipo_cita: null,
        consultorio: visit.room,
        estado: visit.status,
        numero_ticket: ticket.ticketNumber,
        estado_ticket: ticket.status,
        monto: cents(ticket.amount) / 100,
      };
    }),
  );
  expect(answer.total_citas).toBe(visits.length);
  expect(
    Object.fromEntries(
      answer.resumen_por_estado.map((row: { estado: string; cantidad: number }) => [
        row.estado,
        row.cantidad,
      ]),
    ),
  ).toEqual(
    Object.fromEntries(
      STATUSES.map((status): [string, number] => [
        status,
        visits.filter((visit) => visit.status === status).length,
      ]).filter(([, n]) => n > 0),
    ),
  );
});

test('a day without anything is empty, and a day that is none is refused', async () => {
  expect(await ask('improved-daily-cash/?date=2020-01-01')).toEqual({
    fecha: '2020-01-01',
    pagos_detallados: [],
    resumen_por_metodo: [],
    total_general: 0,
    cantidad_total_pagos: 0,
  });
  for (const path of [
    'improved-daily-cash/',
    'daily-cash/?date=2026-02-30',
    'appointments-per-therapist/',
    'appointments-between-dates/?start_date=2026-03-02&end_date=2026-03-01',
    'improved-daily-cash/?date=2026-03-01&payment_methods=oro',
  ]) {
    const { status, json } = await supervisor.request('GET', `/api/reports/${path}`);
    expect([path, status, json.code]).toEqual([path, 400, 'VALIDATION_ERROR']);
  }
});
