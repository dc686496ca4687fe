import * as fc from 'fast-check';

/** The part of an OpenAPI 3.0 schema that random values are made from. */
export type Schema = {
  type?: string;
  format?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  pattern?: string;
};

/** An operation of the document, as far as requests to it need it. */
export type Operation = {
  method: string;
  path: string;
  parameters: { name: string; in: string; schema: Schema }[];
  body: Schema | undefined;
};

/** A request as random as can be; `body` is the text that is sent. */
export type RandomRequest = {
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
};

const HUGE = 'x'.repeat(1_200_000);
const LONG = 'ñ'.repeat(70_000);

/** What breaks programs. */
const EVIL: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 31,
  2 ** 53 + 2,
  -(2 ** 63),
  '',
  ' ',
  '0',
  '-1',
  'null',
  'NaN',
  '😀',
  '👩‍👩‍👧',
  'x\0y',
  '\u202Etxt',
  '\uFFFF',
  LONG,
  '%00',
  '../../etc',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '${7*7}',
  '2026-02-30',
  '2026-13-01T25:00',
  '+275760-09-13',
  '99999999999999999999',
  '1e400',
  '24:00',
  '99:99',
  'https://[::1]/',
  '__proto__',
  [],
  {},
  [[]],
  [null],
  [1, 'a', {}],
  { a: { b: [{}] } },
  { length: 3 },
  { toString: 1, __proto__: null },
];

const evil = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...EVIL) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

const ids = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(999_999, 2 ** 31, Number.MAX_SAFE_INTEGER) },
);

const day = fc
  .integer({ min: -40, max: 200 })
  .map((days) => Temporal.Now.plainDateISO('UTC').add({ days }).toString());

const number = fc.integer({ min: 1, max: 1_000_000_000 });

/** Texts that a field of this name likely accepts: only such requests get far enough to do harm. */
function text(name: string, { format, pattern = '' }: Schema): fc.Arbitrary<unknown> {
  if (format === 'uuid' || name === 'sessionId') return fc.uuid();
  if (/e-?mail/.test(name) || format === 'email') return number.map((n) => `a${n}@example.com`);
  if (/date_time|_at$/.test(name))
    return fc
      .tuple(day, fc.integer({ min: 8, max: 20 }))
      .map(([d, h]) => `${d}T${String(h).padStart(2, '0')}:00`);
  if (/date|created_|_from|_to$/.test(name)) return day;
  if (name.endsWith('_time'))
    return fc.integer({ min: 0, max: 24 }).map((h) => `${String(h).padStart(2, '0')}:00`);
  if (/phone/.test(name)) return number.map((n) => `+51 9${String(n).padStart(8, '0')}`);
  if (/amount|price/.test(name)) return fc.constantFrom('50.00', '0', '12.5', '99999999.99');
  if (/color/.test(name)) return fc.constantFrom('#a1b2c3', '#fff');
  if (/password/.test(name)) return fc.constant('Una-clave-larga-77');
  if (/document|license|username/.test(name)) return number.map((n) => `A${String(n).padStart(9, '0')}`);
  if (/_id$|^id$/.test(name)) return ids.map(String);
  if (/page|duration|step|year/.test(name)) return fc.constantFrom('1', '2', '30', '60', '100');
  if (/\\d/.test(pattern)) return number.map(String);
  return fc.oneof(
    fc.constantFrom('Ana', 'Terapia', 'pending', 'true', 'confirmed', 'Ñandú'),
    number.map((n) => `Nombre ${n}`.replaceAll(/\d/g, (d) => 'abcdefghij'[Number(d)] ?? '')),
  );
}

/** A value that satisfies the schema, as far as the schema tells. */
export function valid(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  if (schema.nullable) return fc.oneof(valid({ ...schema, nullable: false }, name), fc.constant(null));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const [first, ...others] = schema.anyOf ?? [];
  if (first) return fc.oneof(valid(first, name), ...others.map((one) => valid(one, name)));
  if (schema.type === 'array')
    return fc.array(valid(schema.items ?? {}, name.replace(/s$/, '')), { maxLength: 3 });
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer' || schema.type === 'number') {
    if (/ids?$/.test(name)) return ids;
    const { minimum = 0, maximum = 10_000 } = schema;
    return name === 'duration'
      ? fc.constantFrom(30, 60, 90)
      : fc.integer({ min: minimum, max: Math.min(maximum, 1e9) });
  }
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {});
    const optional = properties.map(([key]) => key).filter((key) => !schema.required?.includes(key));
    const all = Object.fromEntries(properties.map(([key, child]) => [key, valid(child, key)]));
    const requiredKeys = Object.keys(all).filter((key) => !optional.includes(key));
    return fc.record(all, { requiredKeys });
  }
  return text(name, schema);
}

/** A valid body with something wrong about it, or nothing. */
function changed(body: Schema): fc.Arbitrary<unknown> {
  const keys = Object.keys(body.properties ?? {});
  const key = keys.length === 0 ? fc.constant('x') : fc.constantFrom(...keys);
  const good = valid(body);
  const put = fc.tuple(good, key, evil).map(([value, name, bad]) => ({ ...(value as object), [name]: bad }));
  return fc.oneof(
    { weight: 8, arbitrary: good },
    { weight: 5, arbitrary: put },
    {
      weight: 1,
      arbitrary: fc.tuple(good, key).map(([value, name]) => ({ ...(value as object), [name]: undefined })),
    },
    {
      weight: 1,
      arbitrary: good.map((value) => ({
        ...(value as object),
        role: 'administrator',
        id: 1,
        deleted_at: null,
      })),
    },
    { weight: 1, arbitrary: good.map((value) => [value]) },
    { weight: 1, arbitrary: evil },
  );
}

/** The JSON of a value, or what is left of it. */
function written(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const json = value.map((one) => JSON.stringify(one) ?? '');
  return fc.oneof(
    { weight: 14, arbitrary: json },
    {
      weight: 1,
      arbitrary: fc
        .tuple(json, fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([whole, part]) => whole.slice(0, whole.length * part)),
    },
    { weight: 1, arbitrary: json.map((whole) => whole.replace(/^\{"(\w+)":/, '{"$1":1,"$1":')) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'null', '{', '[[[[', '{}{}', '\uFEFF{}', String.raw`{"a":"\ud800"}`),
    },
    { weight: 1, arbitrary: fc.constantFrom(`"${LONG}"`, `{"username":"${HUGE}"}`) },
  );
}

const wildHeaders = fc.record(
  {
    'content-type': fc.oneof(
      { weight: 12, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'text/plain',
          'multipart/form-data; boundary=x',
          'multipart/form-data',
          'a/b/c',
          '',
        ),
      },
    ),
    'accept-language': fc.constantFrom('en', 'es', 'fr;q=1', ';;q=,', '*'),
    'idempotency-key': fc.constantFrom('a', 'b', 'key with spaces', 'x'.repeat(500)),
    'if-match': fc.constantFrom('*', '"x"', 'W/', '"'),
    'if-none-match': fc.constantFrom('*', '"x"'),
    'x-request-id': fc.constantFrom('ok', '<b>', 'x'.repeat(999)),
  },
  { requiredKeys: ['content-type'] },
);

const headers = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
  { weight: 1, arbitrary: wildHeaders },
);

const encoded = (value: unknown) => encodeURIComponent(String(value).toWellFormed().slice(0, 3_000));

function query({ parameters }: Operation): fc.Arbitrary<string> {
  const named = parameters.filter((one) => one.in === 'query');
  const pairs = named.map(({ name, schema }) =>
    fc
      .oneof(
        { weight: 5, arbitrary: valid(schema, name) },
        { weight: 1, arbitrary: evil.map((bad) => (typeof bad === 'object' ? JSON.stringify(bad) : bad)) },
      )
      .map((value) => `${name}=${encoded(value)}`),
  );
  const some = fc.tuple(...pairs).chain((all) => fc.subarray(all));
  const dates = named.some(({ name }) => name === 'date_to')
    ? fc.constant(`date_from=2026-12-01&date_to=2026-12-05`)
    : fc.constant('');
  const wild = fc.constantFrom(
    '%',
    '%E0%A4%A',
    '&&&=',
    'page=1&page=2',
    '__proto__=1',
    '[]=1',
    'a=%ff%fe',
    '?',
  );
  return fc.oneof(
    { weight: 6, arbitrary: some.map((all) => all.join('&')) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(dates, some)
        .map(([a, b]) => [a, ...b.filter((one) => !one.startsWith('date_'))].join('&')),
    },
    { weight: 1, arbitrary: wild },
  );
}

function path(operation: Operation): fc.Arbitrary<string> {
  const part = (name: string) =>
    fc.oneof(
      { weight: 8, arbitrary: operation.path.includes('sessions') ? fc.uuid() : ids },
      {
        weight: 1,
        arbitrary: fc.constantFrom(0, -1, '1.5', 'x', name, '%00', '%E0%A4%A', '😀', '9'.repeat(400), "1'--"),
      },
    );
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return fc.tuple(...names.map(part)).map((values) => {
    let path = operation.path;
    for (const value of values) path = path.replace(/\{\w+\}/, () => String(value));
    return path;
  });
}

/** Random requests to an operation: most nearly right, some right, some from another planet. */
export const requestsTo = (operation: Operation): fc.Arbitrary<RandomRequest> =>
  fc
    .record({
      path: path(operation),
      query: query(operation),
      headers,
      body: written(operation.body ? changed(operation.body) : evil),
    })
    .map(({ path, query, headers, body }) => ({
      path: query === '' ? path : `${path}?${query}`,
      headers,
      body: operation.method === 'GET' ? undefined : body,
    }));
