import { expect, setDefaultTimeout, test } from 'bun:test';
import { localDay } from '../../src/time.ts';
import type { TestApp } from '../harness.ts';
import { obstacles, type Panel, picture, withPanel } from './browser.ts';

setDefaultTimeout(90_000);

let app: TestApp;
let panel: Panel;
withPanel((opened) => {
  ({ app, panel } = opened);
});

test('each role sees its own figures, and no trace of the others', async () => {
  await panel.person('supervisor', 'jefe');
  await panel.person('receptionist', 'mesa');
  const money = /Ingresos de hoy|Ocupación|Inasistencia/;
  const supervisor = await panel.signedIn('jefe');
  await supervisor.getByRole('heading', { name: 'Ocupación' }).waitFor();
  expect(await supervisor.locator('main').innerText()).toMatch(money);
  await supervisor.getByRole('img', { name: /^El mejor día/ }).waitFor();
  expect(await obstacles(supervisor)).toEqual([]);
  const desk = await panel.signedIn('mesa');
  await desk.getByRole('heading', { name: 'Tickets por cobrar' }).waitFor();
  expect(await desk.locator('main').innerText()).not.toMatch(money);
});

test('a booking shows by itself', async () => {
  const desk = await panel.person('receptionist', 'viva');
  const page = await panel.signedIn('viva');
  await page.getByText('En vivo', { exact: false }).waitFor();
  const tomorrow = Temporal.PlainDate.from(localDay(Temporal.Now.instant(), 'America/Lima')).add({ days: 1 });
  const body = {
    patient_id: await app.patient({ firstName: 'Nueva', paternalLastName: 'Visita' }),
    therapist_id: await app.therapist(),
    date_time: `${tomorrow.toString()}T10:00`,
  };
  expect((await desk.request('POST', '/api/appointments/', { body })).status).toBe(201);
  await page.getByRole('listitem').filter({ hasText: 'Nueva Visita' }).waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, 'panel-dashboard');
});

test('the last good copy is shown with its age when nothing newer can be had', async () => {
  await panel.person('receptionist', 'vieja');
  const page = await panel.tab();
  await page.route('**/api/dashboard/stream/', (route) => route.abort());
  await page.route('**/api/dashboard/', async (route) => {
    const response = await route.fetch();
    const generated = new Date(Date.now() - 300_000).toISOString();
    const told = { ...(await response.json()), generated_at: generated, cached: true, age_seconds: 300 };
    await route.fulfill({ response, json: told });
  });
  await page.getByLabel('Usuario').fill('vieja');
  await page.getByLabel('Contraseña').fill('Una-clave-larga-1');
  await page.getByRole('button', { name: 'Ingresar' }).click();
  await page.getByText('Última copia buena, de hace 5 min').waitFor();
  await page.getByRole('heading', { name: 'Tickets por cobrar' }).waitFor();
});
