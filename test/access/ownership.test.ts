import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { guardOf } from '../../src/access/guard.ts';
import { ROLES, type Role } from '../../src/context.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { accountCases } from './owned/accounts.ts';
import { appointmentCases, openCases } from './owned/appointments.ts';
import type { OpenCase, OwnedCase, Params } from './owned/case.ts';
import { clinicalCases } from './owned/clinical.ts';
import { exportCases } from './owned/exports.ts';
import { patientCases } from './owned/patients.ts';

const OWNED = [...accountCases, ...patientCases, ...appointmentCases, ...clinicalCases, ...exportCases];

let app: TestApp;
let admin: Client;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.as('administrator');
});
afterAll(() => app.close());

/** The routes about one record, with the roles that reach the own or assigned records only. */
const restricted = () =>
  app.app.routes.flatMap((route: Parameters<typeof guardOf>[0]) => {
    const guard = guardOf(route);
    if (guard.kind !== 'permit' || !route.path.includes('/:')) return [];
    const roles = ROLES.filter((role) => {
      const scopes = app.services.access.scopes(role, guard.permission);
      return scopes.length > 0 && !scopes.includes('any');
    });
    return roles.length > 0 ? [{ name: `${route.method} ${route.path}`, roles }] : [];
  });

const rolesOf = (name: string): Role[] => restricted().find((route) => route.name === name)?.roles ?? [];

test('every route about one record, for every role that has only its own, is proved below', () => {
  const proved = [...OWNED, ...openCases].flatMap(({ routes }) => Object.keys(routes));
  expect(proved.toSorted()).toEqual(
    restricted()
      .map(({ name }) => name)
      .toSorted(),
  );
});

async function send(client: Client, name: string, params: Params, body: OwnedCase['routes'][string]) {
  const [method = '', pattern = ''] = name.split(' ');
  const path = pattern.replaceAll(/:(\w+)/g, (_, key: string) => String(params[key]));
  const sent = body === 'as it is' ? (await admin.request('GET', path)).json : body;
  return client.request(method, path, { body: sent });
}

/** A record of the person, and one of somebody else. */
async function records({ make }: Pick<OwnedCase, 'make'>, role: Role, owner: Client) {
  const other = await app.as(role);
  const foreign = (await make(app, other)) ?? (await make(app, await app.as('therapist')));
  return { own: await make(app, owner), foreign: foreign ?? {} };
}

const routesOf = <Case extends OwnedCase | OpenCase>(cases: Case[]) =>
  cases.flatMap((one) => Object.entries(one.routes).map(([name, body]) => ({ name, body, one })));

describe('somebody else’s record is not there', () => {
  test.each(routesOf(OWNED))('for $name', async ({ name, body, one }) => {
    for (const role of rolesOf(name)) {
      const owner = await app.as(role);
      const { own, foreign } = await records(one, role, owner);
      const refused = await send(owner, name, foreign, body);
      expect([role, refused.status, refused.json.code]).toEqual(
        one.foreign === 403 ? [role, 403, 'INSUFFICIENT_PERMISSIONS'] : [role, 404, 'NOT_FOUND'],
      );
      if (own === null) continue;
      const { status, text } = await send(owner, name, own, body);
      expect([role, status < 300 || text]).toEqual([role, true]);
    }
  });

  test.each(OWNED.filter(({ list }) => list !== undefined))('in $list', async (one) => {
    for (const role of new Set(Object.keys(one.routes).flatMap(rolesOf))) {
      const owner = await app.as(role);
      const { own, foreign } = await records(one, role, owner);
      if (own === null) continue;
      const { status, json } = await owner.request('GET', `${one.list}?page_size=100`);
      const ids = json.results?.map(({ id }: { id: number }) => id) ?? [];
      expect([role, status, ids.includes(own['id']), ids.includes(foreign['id'])]).toEqual([
        role,
        200,
        true,
        false,
      ]);
    }
  });
});

describe('of somebody else’s record, a part is not told', () => {
  test.each(routesOf(openCases))('by $name', async ({ name, body, one }) => {
    for (const role of rolesOf(name)) {
      const owner = await app.as(role);
      const { own, foreign } = await records(one, role, owner);
      const seen = await send(owner, name, foreign, body);
      expect([role, seen.status, seen.text.includes(one.hidden)]).toEqual([role, 200, false]);
      if (own !== null) expect((await send(owner, name, own, body)).text).toContain(one.hidden);
    }
  });
});
