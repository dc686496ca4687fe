import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { guardOf } from '../../src/access/guard.ts';
import { ERRORS } from '../../src/errors.ts';
import { startTestApp, type TestApp } from '../harness.ts';

type Media = Record<string, { schema?: Record<string, unknown> }>;
type Operation = {
  summary?: string;
  description?: string;
  tags?: string[];
  operationId?: string;
  security?: unknown[];
  'x-permission'?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: Record<string, unknown> }[];
  requestBody?: { content: Media };
  responses: Record<string, { description?: string; content?: Media }>;
};
type Document = {
  openapi: string;
  info: Record<string, string>;
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, unknown>; schemas: Record<string, Record<string, unknown>> };
};

let app: TestApp;
let text: string;
let document: Document;
let operations: { name: string; path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  app = await startTestApp();
  const answer = await app.request('GET', '/swagger/json');
  text = answer.text;
  document = answer.json;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      method,
      operation,
    })),
  );
});
afterAll(() => app.close());

/** The names of the operations of which something is not so; a test expects none. */
const failing = (isRight: (operation: Operation, path: string, method: string) => boolean): string[] =>
  operations
    .filter(({ operation, path, method }) => !isRight(operation, path, method))
    .map(({ name }) => name);

/** The routes that are documented: all but the documentation itself. */
const routes = () =>
  app.app.routes
    .filter(
      ({ path, method }) => !/^\/(swagger|assets|reset-password|admin)/.test(path) && method !== 'OPTIONS',
    )
    .map((route) => ({ ...route, name: `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}` }));

describe('the document', () => {
  test('is valid OpenAPI 3.0.3', async () => {
    expect(document.openapi).toBe('3.0.3');
    const { valid, errors } = await new Validator().validate(JSON.parse(text));
    expect([valid, errors]).toEqual([true, undefined]);
  });

  test('has every route of the service, once, and no other', () => {
    const documented = operations.map(({ name }) => name).toSorted();
    expect(documented).toEqual(
      routes()
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(new Set(documented.map((name) => name.replace(/\/$/, ''))).size).toBe(documented.length);
  });

  test('refers to nothing that is not there', () => {
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);
    expect(references.length).toBeGreaterThan(100);
    for (const reference of new Set(references)) {
      const found = reference
        .replace('#/', '')
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect([reference, typeof found]).toEqual([reference, 'object']);
    }
  });

  test('tells nothing of libraries, tables or columns', () => {
    expect(text).not.toMatch(
      /drizzle|valibot|elysia|mysql|mariadb|casbin|bullmq|bunqueue|redis|password_?hash|~standard|search_?text|deleted_at/i,
    );
  });
});

const isDescribed = ({ responses }: Operation) => {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return (
    successes.length > 0 &&
    successes.every(([, { content = {} }]) => {
      const schemas = Object.values(content).map(({ schema }) => schema);
      return schemas.length > 0 && schemas.every((schema) => schema && Object.keys(schema).length > 0);
    })
  );
};

const isTyped = (schema: Record<string, unknown> = {}) =>
  ['type', 'enum', 'anyOf', 'allOf', '$ref'].some((key) => key in schema);

const headersOf = ({ parameters = [] }: Operation) =>
  parameters.filter((one) => one.in === 'header').map(({ name }) => name);

describe('every operation', () => {
  test('has a summary, a tag, and an id of its own', () => {
    expect(failing(({ summary }) => (summary ?? '').length > 5)).toEqual([]);
    expect(failing(({ tags }) => tags?.length === 1)).toEqual([]);
    expect(failing(({ operationId }) => /^[a-z]+_\w+$/.test(operationId ?? ''))).toEqual([]);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  test('says who may use it, as it is enforced', () => {
    const guards = new Map(routes().map((route) => [route.name, guardOf(route)]));
    for (const { name, operation } of operations) {
      const guard = guards.get(name);
      const told = { permission: operation['x-permission'], security: operation.security };
      expect([name, told]).toEqual([
        name,
        guard?.kind === 'permit'
          ? { permission: guard.permission, security: [{ bearerAuth: [] }] }
          : { permission: undefined, security: [] },
      ]);
      expect(operation.description).toContain(operation['x-permission'] ?? 'Public.');
    }
    expect(document.components.securitySchemes).toMatchObject({
      bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    });
  });

  test('describes its success, each with a schema', () => {
    expect(failing(isDescribed)).toEqual([]);
  });

  test('describes its errors in the one shape, with codes of the table', () => {
    const codes = Object.entries(ERRORS);
    for (const { name, operation } of operations) {
      const errors = Object.entries(operation.responses).filter(([status]) => /^[45]/.test(status));
      for (const [status, { description = '', content = {} }] of errors) {
        if (name === 'GET /health/ready/' && status === '503') continue;
        expect([name, status, content['application/json']?.schema]).toEqual([
          name,
          status,
          { $ref: '#/components/schemas/Error' },
        ]);
        const told = [...description.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code);
        const known = codes.filter(([, entry]) => String(entry.status) === status).map(([code]) => code);
        expect([name, told.length > 0 && told.every((code) => known.includes(code ?? ''))]).toEqual([
          name,
          true,
        ]);
      }
    }
    expect(
      failing(
        ({ responses, ...one }) =>
          one['x-permission'] === undefined || ['401', '403'].every((status) => responses[status]),
      ),
    ).toEqual([]);
    expect(failing(({ responses }, path) => !path.includes('{') || responses['404'] !== undefined)).toEqual(
      [],
    );
    expect(
      failing(
        ({ responses, requestBody }) =>
          !requestBody || ['400', '413', '415'].every((status) => responses[status]),
      ),
    ).toEqual([]);
    expect(document.components.schemas['Error']).toMatchObject({ required: ['error', 'code', 'request_id'] });
  });

  test('describes its body and its parameters', () => {
    const bodiless = failing(
      (operation, _, method) => !['put', 'patch'].includes(method) || operation.requestBody !== undefined,
    );
    expect(bodiless).toEqual([]);
    const posts = failing((operation, _, method) => method !== 'post' || operation.requestBody !== undefined);
    expect(
      posts.filter(
        (name) => !/restore|logout|2fa\/setup|calendar\/feed|retry|unsubscribe|read(-all)?\/$/.test(name),
      ),
    ).toEqual([]);
    expect(failing(({ parameters = [] }) => parameters.every(({ schema }) => isTyped(schema)))).toEqual([]);
    expect(
      failing(({ requestBody }) =>
        Object.values(requestBody?.content ?? {}).every(({ schema }) => isTyped(schema)),
      ),
    ).toEqual([]);
    const named = failing(({ parameters = [] }, path) => {
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      return wanted.length === inPath.length && wanted.every((name) => inPath.includes(name ?? ''));
    });
    expect(named).toEqual([]);
    const lists = failing(({ parameters = [] }, path, method) => {
      const isPage =
        method === 'get' && /^\/api\/(patients|therapists|specialties|holidays|appointments)\/$/.test(path);
      const names = new Set(parameters.filter((one) => one.in === 'query').map(({ name }) => name));
      return !isPage || ['page', 'page_size', 'search', 'ordering'].every((name) => names.has(name));
    });
    expect(lists).toEqual([]);
  });

  test('tells of the headers it takes', () => {
    expect(failing((operation) => headersOf(operation).includes('Accept-Language'))).toEqual([]);
    const booking = document.paths['/api/appointments/']?.['post'];
    expect(booking && headersOf(booking)).toContain('Idempotency-Key');
    const change = document.paths['/api/patients/{id}/']?.['patch'];
    expect(change && headersOf(change)).toContain('If-Match');
  });
});
