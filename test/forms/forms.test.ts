import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import * as v from 'valibot';
import type { Role } from '../../src/context.ts';
import type { Language } from '../../src/errors.ts';
import { type Field, formOf, labelled, labelOf } from '../../src/http/form.ts';
import { inputSchemaOf } from '../../src/http/json-schema.ts';
import { Email, Line, MoneyIn, OrNull, Paragraph, PersonName, Phone } from '../../src/http/schemas.ts';
import { reasons, say } from '../../src/http/validation.ts';
import { type FormRoute, formRoutesOf } from '../../src/modules/forms/forms.ts';
import { knownTitle } from '../../src/modules/forms/titles.ts';
import { type Client, startTestApp, type TestApp } from '../harness.ts';
import { valid } from '../random-requests.ts';

setDefaultTimeout(60_000);

let app: TestApp;
let routes: FormRoute[];
beforeAll(async () => {
  app = await startTestApp();
  routes = formRoutesOf(app.app);
});
afterAll(() => app.close());

const LANGUAGES: Language[] = ['es', 'en'];

type Nested = v.GenericSchema & { wrapped?: Nested; item?: Nested; entries?: Record<string, Nested> };

/** Every field of a schema, however deep, with its schema. */
function fieldsWithin(schema: Nested): [string, Nested][] {
  if (schema.wrapped) return fieldsWithin(schema.wrapped);
  if (schema.item) return fieldsWithin(schema.item);
  return Object.entries(schema.entries ?? {}).flatMap(([name, entry]) => [
    [name, entry] as [string, Nested],
    ...fieldsWithin(entry),
  ]);
}

describe('every write schema', () => {
  test('is a form with a name of its own', () => {
    const names = routes.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(25);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z\d]+(-[a-z\d]+)*$/);
    expect(names).toContain('auth-login');
    expect(names).toContain('patients-create');
    expect(names).toContain('appointments-status-update');
  });

  test('has a title, and each of its fields a label, in both languages', () => {
    const nameless = LANGUAGES.flatMap((language) =>
      routes.flatMap(({ name, schema }) => [
        ...(knownTitle(name)?.[language] ? [] : [`${name}: title (${language})`]),
        ...fieldsWithin(schema)
          .filter(([key, entry]) => !labelOf(key, inner(entry), language))
          .map(([key]) => `${name}: ${key} (${language})`),
      ]),
    );
    expect([...new Set(nameless)]).toEqual([]);
  });
});

const inner = (schema: Nested): Nested => (schema.wrapped ? inner(schema.wrapped) : schema);

const namesFor = async (client?: Client) => {
  const { status, json } = await app.request('GET', '/api/forms/', { token: client?.token });
  expect(status).toBe(200);
  return (json as { name: string }[]).map(({ name }) => name);
};

describe('GET /api/forms/', () => {
  test('shows each caller the forms of the routes that he may call, and nothing else', async () => {
    const { access } = app.services;
    for (const role of ['patient', 'therapist', 'receptionist', 'supervisor', 'administrator'] as Role[]) {
      const allowed = routes.filter(
        ({ guard }) =>
          guard.kind === 'public' ||
          (guard.kind === 'permit' && access.scopes(role, guard.permission).length > 0),
      );
      expect(await namesFor(await app.as(role))).toEqual(allowed.map(({ name }) => name).toSorted());
    }
    const patient = await namesFor(await app.as('patient'));
    expect(patient).toContain('appointments-create');
    expect(patient).not.toContain('patients-create');
  });

  test('shows a stranger the public ones only', async () => {
    const names = await namesFor();
    expect(names).toContain('auth-login');
    expect(names).toContain('auth-register');
    expect(names).not.toContain('appointments-create');
  });

  test('refuses a token that is none', async () => {
    const { status } = await app.request('GET', '/api/forms/', { token: 'a.b.c' });
    expect(status).toBe(401);
  });
});

describe('GET /api/forms/{name}/', () => {
  test('gives the form in the language of the request', async () => {
    const { token } = await app.as('receptionist');
    const form = async (language: string) =>
      (
        await app.request('GET', '/api/forms/patients-create/', {
          token,
          headers: { 'accept-language': language },
        })
      ).json;
    const spanish = await form('es');
    expect(spanish).toMatchObject({
      name: 'patients-create',
      title: 'Crear paciente',
      submit: { method: 'POST', path: '/api/patients/' },
      schema: { type: 'object', required: ['document_number', 'first_name', 'paternal_last_name'] },
    });
    const field = (name: string) => (spanish.fields as Field[]).find((one) => one.name === name);
    expect(field('first_name')).toMatchObject({
      label: 'Nombres',
      type: 'text',
      required: true,
      max_length: 100,
    });
    expect(field('birth_date')).toMatchObject({
      label: 'Fecha de nacimiento',
      type: 'date',
      required: false,
    });
    expect(field('sex')).toMatchObject({
      type: 'select',
      options: [{ value: 'M', label: 'Masculino' }, {}, {}],
    });
    expect(field('email')).toMatchObject({ type: 'email' });
    expect(field('phone')?.errors).toContainEqual({
      keyword: 'pattern',
      value: expect.any(String),
      message: 'No es un número de teléfono.',
    });
    const english = await form('en');
    expect(english).toMatchObject({ title: 'Create patient' });
    expect(english.fields[3]).toMatchObject({ name: 'first_name', label: 'First name' });
  });

  test('hides what the caller may not send, and what there is not', async () => {
    const { token } = await app.as('patient');
    const status = async (name: string, signedIn = true) =>
      (await app.request('GET', `/api/forms/${name}/`, { token: signedIn ? token : undefined })).status;
    expect(await status('patients-create')).toBe(404);
    expect(await status('patients-create', false)).toBe(401);
    expect(await status('nothing', false)).toBe(404);
    expect(await status('__proto__')).toBe(404);
    expect(await status('auth-login', false)).toBe(200);
  });

  test.each([
    ['auth-login', '/api/auth/login/'],
    ['diagnoses-create', '/api/diagnoses/create/'],
    ['permissions-assign', '/api/permissions/assign/'],
  ])('%s is the form that %s gives, in either language', async (name, path) => {
    const { token } = await app.as('administrator');
    for (const language of LANGUAGES) {
      const options = { token, headers: { 'accept-language': language } };
      const { json: named } = await app.request('GET', `/api/forms/${name}/`, options);
      const { json: own } = await app.request('GET', path, options);
      const { title, submit, schema, fields } = own;
      expect({ name, title, submit, schema, fields }).toEqual(named);
    }
  });

  test('gives every form in both languages', async () => {
    const { token } = await app.as('administrator');
    for (const { name } of routes) {
      for (const language of LANGUAGES) {
        const { status, json } = await app.request('GET', `/api/forms/${name}/`, {
          token,
          headers: { 'accept-language': language },
        });
        expect([name, status]).toEqual([name, 200]);
        expect(JSON.stringify(json.schema)).not.toContain('x-');
      }
    }
  });
});

describe('a form', () => {
  const Example = v.object({
    name: v.pipe(Line(5), labelled({ es: 'Apodo', en: 'Nickname' }, { es: 'Corto', en: 'Short' })),
    price: MoneyIn,
    data: v.optional(v.object({ code: Line(10), reason: OrNull(Paragraph(3_000)) })),
    blocks: v.array(v.object({ weekday: v.pipe(v.number(), v.safeInteger(), v.maxValue(7)) })),
    role: v.pipe(
      v.string(),
      v.check((text) => text !== 'x', say({ es: 'No x.', en: 'Not x.' })),
    ),
  });

  const TITLE = { es: 'Ejemplo', en: 'Example' };

  test('names fields within a group by their path, and shows those of a list below it', () => {
    const { fields } = formOf(TITLE, { method: 'POST', path: '/' }, Example, 'es');
    expect(fields.map(({ name, type, required }) => [name, type, required])).toEqual([
      ['name', 'text', true],
      ['price', 'text', true],
      ['data.code', 'text', false],
      ['data.reason', 'textarea', false],
      ['blocks', 'list', true],
      ['role', 'text', true],
    ]);
    expect(fields[0]).toMatchObject({ label: 'Apodo', help: 'Corto' });
    expect(fields[4]?.fields).toMatchObject([{ name: 'weekday', label: 'Día de la semana', type: 'number' }]);
  });

  test('says of a wrong value what the server says of it', () => {
    for (const language of LANGUAGES) {
      const { fields } = formOf(TITLE, { method: 'POST', path: '/' }, Example, language);
      const wrong = [
        {},
        { name: 'too long', price: '1.999', role: 'x', blocks: [{ weekday: 8 }] },
        { name: ' ', price: 5, role: 1, blocks: [{ weekday: 1.5 }], data: { code: 3 } },
      ];
      for (const value of wrong) {
        for (const [path, messages] of Object.entries(reasons(Example, value, 'body', language))) {
          const [name = '', , key] = path.split(/\.(\d+)\./);
          const field = fields.find((one) => one.name === name);
          const told = (key ? field?.fields?.find((one) => one.name === key) : field)?.errors;
          for (const message of messages) expect(told?.map((one) => one.message)).toContain(message);
        }
      }
    }
  });
});

/** Rules that JSON Schema cannot say: of the calendar, of several fields together, of a trimmed length, of files. */
const SERVER_ONLY = ['check', 'partial_check', 'raw_check', 'url', 'min_length', 'max_length', 'file'];

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);

describe('the JSON Schema', () => {
  test('judges single texts as the server does, spaces around them included', () => {
    const texts = fc.oneof(
      fc.constantFrom(
        'Ana',
        ' Ana ',
        '',
        ' ',
        'José María',
        'x'.repeat(101),
        '50.00',
        '5',
        '5.555',
        'a@b.pe',
        ' A@B.pe\t',
      ),
      fc.constantFrom('+51 987 654 321', ' 987654321 ', '12', 'a\nb', 'a\u0007', 'M', 'ñandú', '\u3000a'),
      fc.string({ maxLength: 12 }),
      fc.stringMatching(/^[ +()\d-]{5,22}$/),
    );
    for (const schema of [Line(100), Paragraph(100), PersonName, Phone, Email, MoneyIn]) {
      const check = ajv.compile(inputSchemaOf(schema));
      fc.assert(
        fc.property(texts, (text) => {
          expect([text, check(text)]).toEqual([text, v.safeParse(schema, text).success]);
        }),
        { numRuns: 400, seed: 7 },
      );
    }
  });

  test('of no form refuses what the server accepts; it accepts more only where the server alone can judge', () => {
    let [agreed, left] = [0, 0];
    for (const { name, schema } of routes) {
      const json = inputSchemaOf(schema);
      const check = ajv.compile(json);
      const good = valid(json);
      const bad = fc.constantFrom<unknown>(
        null,
        0,
        -1,
        1.5,
        '',
        ' ',
        'x',
        '😀',
        true,
        {},
        'x'.repeat(70_000),
        2 ** 60,
      );
      const keys = Object.keys(json.properties ?? {});
      const broken = fc
        .tuple(good, fc.constantFrom(...(keys.length > 0 ? keys : ['x'])), bad)
        .map(([value, key, wrong]): unknown =>
          Array.isArray(value) ? [wrong] : { ...(value as object), [key]: wrong },
        );
      fc.assert(
        fc.property(fc.oneof(good, broken), (value) => {
          const server = v.safeParse(schema, value);
          const form = check(value);
          if (server.success && !form) {
            throw new Error(`${name} refuses ${JSON.stringify(value)}: ${ajv.errorsText(check.errors)}`);
          }
          if (server.success === form) agreed += 1;
          else {
            left += 1;
            const types = (server.issues ?? []).map(({ type }) => type);
            if (types.some((type) => !SERVER_ONLY.includes(type))) {
              throw new Error(`${name} accepts ${JSON.stringify(value).slice(0, 300)}: ${types.join(', ')}`);
            }
          }
        }),
        { numRuns: 60, seed: 11 },
      );
    }
    expect(agreed).toBeGreaterThan(left * 5);
  });
});
