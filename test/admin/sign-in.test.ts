import { expect, setDefaultTimeout, test } from 'bun:test';
import { Secret, TOTP } from 'otpauth';
import type { TestApp } from '../harness.ts';
import { obstacles, type Panel, picture, signIn, withPanel } from './browser.ts';

setDefaultTimeout(60_000);

let app: TestApp;
let panel: Panel;
withPanel((opened) => {
  ({ app, panel } = opened);
});

test('the page holds nothing and allows nothing but itself; its parts are kept by their version', async () => {
  const { status, headers, text } = await app.request('GET', '/admin/');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toStartWith('text/html');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self';");
  expect(policy).not.toContain('unsafe');
  expect(text).not.toMatch(/<script[^>]*>[^<]/);
  expect(text).not.toContain('{{');
  for (const [, path = ''] of text.matchAll(/(?:src|href)="(\/admin\/[^"]+)"/g)) {
    const part = await app.request('GET', path);
    expect([part.status, part.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    const etag = part.headers.get('etag') ?? '';
    const again = await app.request('GET', path, { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([304, '']);
  }
  const known = await app.request('GET', '/admin/', {
    headers: { 'if-none-match': headers.get('etag') ?? '' },
  });
  expect(known.status).toBe(304);
});

test('a wrong password is told; the right one opens the panel, in either language', async () => {
  await panel.person('receptionist', 'mesa');
  const page = await panel.tab();
  expect(await obstacles(page)).toEqual([]);
  await picture(page, 'panel-sign-in');
  await signIn(page, 'mesa', 'otra');
  await page.getByText('Usuario o contraseña incorrectos').waitFor();
  await signIn(page, 'mesa');
  await page.getByRole('heading', { name: 'Tablero' }).waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
});

test('who signs out is out, here and at the service', async () => {
  await panel.person('receptionist', 'sale');
  const page = await panel.signedIn('sale');
  await page.getByRole('heading', { name: 'Tablero' }).waitFor();
  const kept = await page.evaluate(() => sessionStorage.getItem('clinic-session'));
  const { access_token: token } = JSON.parse(kept ?? '') as { access_token: string };
  await page.getByRole('button', { name: 'Salir' }).click();
  await page.getByLabel('Contraseña').waitFor();
  expect(await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]))).not.toContain('token');
  expect((await app.request('GET', '/api/auth/verify/', { token })).status).toBe(401);
});

test('an access token that is no good is renewed once; a session that was closed asks to sign in', async () => {
  await panel.person('receptionist', 'renueva');
  const page = await panel.signedIn('renueva');
  await page.getByRole('heading', { name: 'Tablero' }).waitFor();
  await page.evaluate(() => {
    const { refresh_token } = JSON.parse(sessionStorage.getItem('clinic-session') ?? '');
    sessionStorage.setItem('clinic-session', JSON.stringify({ access_token: 'expired', refresh_token }));
  });
  const renewals: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/auth/refresh/')) renewals.push(request.url());
  });
  await page.reload();
  await page.getByRole('heading', { name: 'Tablero' }).waitFor();
  expect(renewals).toHaveLength(1);
  await page.evaluate(() =>
    sessionStorage.setItem('clinic-session', '{"access_token":"gone","refresh_token":"gone"}'),
  );
  await page.reload();
  await page.getByText('La sesión terminó. Ingrese de nuevo.').waitFor();
});

test('a tab that was duplicated goes on with the session when the other has renewed it', async () => {
  await panel.person('receptionist', 'dos');
  const page = await panel.signedIn('dos');
  await page.getByRole('heading', { name: 'Tablero' }).waitFor();
  const kept = (on = page) => on.evaluate(() => sessionStorage.getItem('clinic-session') ?? '');
  const before = await kept();
  const copy = await page.context().newPage();
  await copy.goto(`${panel.origin}/admin/`);
  await copy.evaluate((tokens) => sessionStorage.setItem('clinic-session', tokens), before);
  await copy.reload();
  await copy.getByRole('heading', { name: 'Tablero' }).waitFor();
  await page.evaluate(() => {
    const { refresh_token } = JSON.parse(sessionStorage.getItem('clinic-session') ?? '');
    sessionStorage.setItem('clinic-session', JSON.stringify({ access_token: 'expired', refresh_token }));
  });
  await page.reload();
  await page.getByRole('heading', { name: 'Tablero' }).waitFor();
  expect(await kept()).not.toBe(before);
  expect(await kept(copy)).toBe(await kept());
});

test('duplicated tabs that renew at the same instant do it once', async () => {
  await panel.person('receptionist', 'juntas');
  const page = await panel.signedIn('juntas');
  await page.getByRole('heading', { name: 'Tablero' }).waitFor();
  const tokens = await page.evaluate(() => {
    const { refresh_token } = JSON.parse(sessionStorage.getItem('clinic-session') ?? '');
    return JSON.stringify({ access_token: 'expired', refresh_token });
  });
  const copy = await page.context().newPage();
  await copy.goto(`${panel.origin}/admin/`);
  const renewals: string[] = [];
  await page.context().route('**/api/auth/refresh/', async (route) => {
    renewals.push(route.request().url());
    // Long enough for the other tab to want it, too.
    await Bun.sleep(500);
    await route.continue();
  });
  const tabs = [page, copy];
  for (const tab of tabs) {
    await tab.evaluate((kept) => sessionStorage.setItem('clinic-session', kept), tokens);
  }
  await Promise.all(tabs.map((tab) => tab.reload()));
  for (const tab of tabs) await tab.getByRole('heading', { name: 'Tablero' }).waitFor();
  expect(renewals).toHaveLength(1);
});

test('a second factor is asked for when the account has one', async () => {
  const { request } = await panel.person('administrator', 'doble');
  const { json: setUp } = await request('POST', '/api/auth/2fa/setup/');
  const code = new TOTP({ secret: Secret.fromBase32(setUp.secret) }).generate();
  const { json: enabled } = await request('POST', '/api/auth/2fa/enable/', { body: { code } });
  const page = await panel.tab();
  await signIn(page, 'doble');
  const field = page.getByLabel('Código de verificación');
  await field.waitFor();
  expect(await obstacles(page)).toEqual([]);
  await field.fill('AAAAA-AAAAA');
  await page.getByRole('button', { name: 'Ingresar' }).click();
  await page.getByText('El código no es válido o ya se usó.').waitFor();
  await field.fill(enabled.recovery_codes[0]);
  await page.getByRole('button', { name: 'Ingresar' }).click();
  await page.getByRole('heading', { name: 'Tablero' }).waitFor();
});
