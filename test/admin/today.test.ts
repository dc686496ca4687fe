import { expect, setDefaultTimeout, test } from 'bun:test';
import { ensureStatuses } from '../../src/modules/appointments/default-statuses.ts';
import { localDay } from '../../src/time.ts';
import type { Client, TestApp } from '../harness.ts';
import { obstacles, type Panel, picture, settled, type Tab, withPanel } from './browser.ts';

setDefaultTimeout(90_000);

const ZONE = 'America/Lima';

let app: TestApp;
let panel: Panel;
let desk: Client;
let therapist: Client;
let tomorrow: string;
/** The desk's tab, at tomorrow: whatever time it is, that day is still to come. */
let page: Tab;

withPanel(async (opened) => {
  ({ app, panel } = opened);
  await ensureStatuses(app.ctx());
  desk = await panel.person('receptionist', 'mesa');
  therapist = await panel.person('therapist', 'terapia');
  await app.patient({ firstName: 'Zoila', paternalLastName: 'Ñahui', documentNumber: '71234567' });
  const today = localDay(Temporal.Now.instant(), ZONE);
  tomorrow = Temporal.PlainDate.from(today).add({ days: 1 }).toString();
  page = await panel.signedIn('mesa', '/admin/#/hoy');
  await page.getByRole('button', { name: 'Día siguiente' }).click();
});

async function booked(time: string, fields: Record<string, unknown> = {}): Promise<number> {
  const body = {
    patient_id: await app.patient({ firstName: 'Ana', paternalLastName: `Rojas` }),
    therapist_id: therapist.therapistId,
    date_time: `${tomorrow}T${time}`,
    ...fields,
  };
  const { status, json } = await desk.request('POST', '/api/appointments/', { body });
  expect(status).toBe(201);
  return json.id;
}

const appointment = async (id: number) => (await desk.request('GET', `/api/appointments/${id}/`)).json;
const row = (text: string, on = page) =>
  on.getByRole('list', { name: 'Citas del día' }).getByRole('listitem').filter({ hasText: text });
const counted = async (path: string) => (await desk.request('GET', path)).json.count as number;

test('a patient is found, booked into a free time, confirmed and charged, by keyboard alone', async () => {
  await page.getByText('No hay citas este día.').waitFor();
  await page.keyboard.press('Alt+n');
  const box = page.getByRole('combobox', { name: 'Paciente' });
  await box.waitFor();
  expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type('nahui');
  await page.getByRole('option', { name: /Zoila Ñahui/ }).waitFor();
  expect(await obstacles(page)).toEqual([]);
  await picture(page, 'panel-book');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText('71234567').waitFor();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Reservar a las 09:00' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Zoila Ñahui Huamán: reservada a las 09:00.').waitFor();
  await row('Zoila').waitFor();

  await page.keyboard.press('Alt+b');
  await page.keyboard.type('ñahui');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Zoila Ñahui Huamán: confirmada.').waitFor();
  await page.keyboard.press('Alt+b');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('radio', { name: 'Efectivo' }).waitFor();
  expect(await obstacles(page)).toEqual([]);
  await settled(page);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await row('Zoila').getByText('Pagado').waitFor();
  const { results } = (await desk.request('GET', '/api/appointments/tickets/?status=paid')).json;
  expect(results).toMatchObject([{ payment_method: 'tarjeta' }]);
  await page.getByLabel('Buscar en la lista').fill('');
});

test('what is clicked twice happens once', async () => {
  const id = await booked('10:00');
  const ana = row('10:00');
  await ana.waitFor();
  const charge = ana.getByRole('button', { name: /^Cobrar/ });
  await charge.dblclick();
  await settled(page);
  expect((await appointment(id)).ticket.status).toBe('pending');
  const payments: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/pay/')) payments.push(request.headers()['idempotency-key'] ?? '');
  });
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Cobrar/ })
    .dblclick();
  await ana.getByText('Pagado').waitFor();
  expect(payments).toHaveLength(1);
  expect(payments[0]).not.toBe('');
  expect(await counted('/api/appointments/tickets/?status=paid')).toBe(2);
});

test('what cannot be undone is asked first, and what is not yet possible is not offered', async () => {
  const id = await booked('11:00');
  const ana = row('11:00');
  await ana.waitFor();
  expect(await ana.innerText()).not.toMatch(/No asistió|Completar|iniciar/);
  await ana.getByRole('button', { name: /^Cancelar cita/ }).click();
  await page.getByText('Esto no se puede deshacer.').waitFor();
  expect(await obstacles(page)).toEqual([]);
  await page.keyboard.press('Escape');
  expect((await appointment(id)).status).toBe('pending');
  await ana.getByRole('button', { name: /^Cancelar cita/ }).click();
  await page.getByLabel('Motivo').fill('Viaje');
  await settled(page);
  await page.keyboard.press('Enter');
  await ana.getByText('Cancelada').waitFor();
  expect((await appointment(id)).status).toBe('cancelled');
});

test('a time that was taken meanwhile is refused with the reason, and another can be chosen', async () => {
  await page.getByRole('button', { name: 'Nueva cita' }).click();
  await page.getByRole('combobox', { name: 'Paciente' }).fill('71234567');
  await page.getByRole('option', { name: /Zoila/ }).click();
  await page.getByRole('radio', { name: '14:00' }).check();
  await booked('14:00');
  await page.getByRole('button', { name: 'Reservar a las 14:00' }).click();
  await page.getByRole('alert').filter({ hasText: 'terapeuta' }).waitFor();
  await page.getByRole('radio', { name: '15:00' }).check();
  await page.getByRole('button', { name: 'Reservar a las 15:00' }).click();
  await row('15:00').waitFor();
});

test('somebody new is registered on the way; who looks like another is asked about', async () => {
  await app.patient({
    firstName: 'Eva',
    paternalLastName: 'Luna',
    maternalLastName: null,
    birthDate: '1990-05-05',
  });
  await page.getByRole('button', { name: 'Nueva cita' }).click();
  await page.getByRole('combobox', { name: 'Paciente' }).fill('Eva');
  await page.getByRole('button', { name: 'Registrar paciente nuevo' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Número de documento').fill('1');
  await settled(page);
  await dialog.getByRole('button', { name: 'Registrar' }).click();
  await dialog.getByText('De 6 a 20 letras, dígitos o guiones.').waitFor();
  expect(await obstacles(page)).toEqual([]);
  await picture(page, 'panel-new-patient');
  await dialog.getByLabel('Número de documento').fill('79999999');
  await dialog.getByLabel('Apellido paterno').fill('Luna');
  await dialog.getByLabel('Fecha de nacimiento').fill('1990-05-05');
  await dialog.getByRole('button', { name: 'Registrar', exact: true }).click();
  await dialog.getByText('Ya hay alguien parecido:').waitFor();
  await dialog.getByRole('button', { name: 'Registrar aunque parezca duplicado' }).click();
  await dialog.getByText('79999999').waitFor();
  await page.keyboard.press('Escape');
  expect(await counted('/api/patients/?search=luna')).toBe(2);
});

test('a change that another made is seen without asking', async () => {
  const id = await booked('16:00');
  await row('16:00').getByText('Pendiente').waitFor();
  const body = { status: 'confirmed' };
  await desk.request('PATCH', `/api/appointments/${id}/status/`, { body });
  await row('16:00').getByText('Confirmada').waitFor();
  await picture(page, 'panel-today');
  expect(await obstacles(page)).toEqual([]);
});

test('a therapist sees her own appointments, and neither money to take nor times to book', async () => {
  const other = await app.therapist({ firstName: 'Otra', paternalLastName: 'Persona' });
  const patient = await app.patient({ firstName: 'Ajena', paternalLastName: 'Secreta' });
  await booked('12:00', { therapist_id: other, patient_id: patient });
  const own = await booked('17:00');
  const tab = await panel.signedIn('terapia', `/admin/#/hoy?dia=${tomorrow}`);
  await row('17:00', tab).waitFor();
  const text = await tab.locator('body').innerText();
  expect(text).not.toMatch(/Ajena|Secreta|Otra Persona|Nueva cita|Cobrar S|Reportes|Colas/);
  await row('17:00', tab)
    .getByRole('button', { name: /^Llegó/ })
    .click();
  await row('17:00', tab).getByText('En curso').waitFor();
  expect((await appointment(own)).status).toBe('in_progress');
  await tab.goto(`${panel.origin}/admin/#/reportes`);
  await tab.getByText('Esta página no existe o no está a su alcance.').waitFor();
});

test('a supervisor looks, and a patient has no such page', async () => {
  await panel.person('supervisor', 'jefe');
  const tab = await panel.signedIn('jefe', `/admin/#/hoy?dia=${tomorrow}`);
  await row('Zoila', tab).first().waitFor();
  const text = await tab.locator('main').innerText();
  expect(text).not.toMatch(/Confirmar|Cancelar|Cobrar S|Nueva cita/);
  await panel.person('patient', 'paciente');
  const own = await panel.signedIn('paciente');
  await own.getByRole('heading', { name: 'Tablero' }).waitFor();
  expect(await own.getByRole('navigation').innerText()).toBe('Tablero');
});
