import { toOpenAPISchema } from '@elysiajs/openapi/openapi';
import { toJsonSchema } from '@valibot/to-json-schema';
import type { AnyElysia } from 'elysia';
import type * as v from 'valibot';
import { ACCESS_REASON } from '../access/emergency.ts';
import { type ErrorCode, ERRORS } from '../errors.ts';

type Content = Record<string, { schema?: { format?: string; properties?: Record<string, unknown> } }>;
type Operation = {
  tags?: string[];
  summary?: string;
  description?: string;
  operationId?: string;
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Content };
  responses?: Record<string, { content?: Content }>;
  'x-permission'?: string;
  'x-idempotent'?: boolean;
  'x-etag'?: boolean;
  'x-rate-limited'?: boolean;
  'x-emergency'?: boolean;
};
type Paths = Record<string, Record<string, Operation>>;

/** A file, as OpenAPI 3.0 describes it. */
const BINARY = { type: 'string', format: 'binary' } as const;

/** valibot as OpenAPI 3.0 describes data. */
const jsonSchema = (schema: v.GenericSchema, options?: { io?: 'input' | 'output' }) => {
  const json = toJsonSchema(schema, {
    target: 'openapi-3.0',
    typeMode: options?.io ?? 'input',
    errorMode: 'ignore',
    overrideSchema: ({ valibotSchema: { type } }) =>
      type === 'file' || type === 'blob' ? BINARY : undefined,
  }) as Record<string, unknown>;
  return withoutEmptyRequired(json);
};

/** A form with a file, and an answer that is one, are not JSON. */
function withFile(content: Content): Content {
  const { schema } = Object.values(content)[0] ?? {};
  if (schema?.format === BINARY.format) return { '*/*': { schema } };
  const hasFile = JSON.stringify(schema?.properties ?? {}).includes(JSON.stringify(BINARY));
  return schema && hasFile ? { 'multipart/form-data': { schema } } : content;
}

/** OpenAPI 3.0 wants `required` to name at least one field. */
function withoutEmptyRequired<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmptyRequired) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, child]) => !(key === 'required' && Array.isArray(child) && child.length === 0),
  );
  return Object.fromEntries(entries.map(([key, child]) => [key, withoutEmptyRequired(child)])) as T;
}

const ERROR_SCHEMA = {
  type: 'object',
  required: ['error', 'code', 'request_id'],
  properties: {
    error: {
      type: 'string',
      description: 'A sentence for people, Spanish unless Accept-Language asks for English',
    },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    details: { type: 'object', additionalProperties: true },
    request_id: { type: 'string' },
  },
};

/** The errors a route can answer, from what it declares: nobody writes them twice. */
function errorsOf(operation: Operation, method: string, path: string): ErrorCode[] {
  const codes: ErrorCode[] = ['INTERNAL_ERROR', 'DATABASE_UNAVAILABLE'];
  if (operation['x-rate-limited']) codes.push('RATE_LIMITED');
  const takesInput = operation.requestBody !== undefined || (operation.parameters ?? []).length > 0;
  if (takesInput) codes.push('VALIDATION_ERROR');
  if (operation.requestBody)
    codes.push('MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'CONFLICT');
  if (operation.requestBody && /^\/api\/(?:appointments|treatments|patients)\//.test(path))
    codes.push('BUSINESS_RULE_VIOLATION');
  if (method === 'delete' && /^\/api\/(?:patients|therapists)\/\{id\}\/$/.test(path))
    codes.push('BUSINESS_RULE_VIOLATION');
  if (path.startsWith('/api/auth/2fa/')) codes.push('BUSINESS_RULE_VIOLATION');
  if (path === '/api/auth/login/' && method === 'post') codes.push('INVALID_CREDENTIALS');
  if (/^\/api\/auth\/(?:login|register|password)\//.test(path) && method === 'post')
    codes.push('EXTERNAL_SERVICE_ERROR');
  if (path === '/api/auth/refresh/') codes.push('TOKEN_INVALID', 'TOKEN_EXPIRED', 'SESSION_REVOKED');
  if (operation['x-permission']) {
    codes.push(
      'AUTHENTICATION_REQUIRED',
      'TOKEN_EXPIRED',
      'TOKEN_INVALID',
      'SESSION_REVOKED',
      'INSUFFICIENT_PERMISSIONS',
    );
  }
  if (path.includes('{')) codes.push('NOT_FOUND');
  if (operation['x-idempotent']) codes.push('IDEMPOTENCY_KEY_REUSED');
  if (operation['x-etag'] && method !== 'get' && method !== 'post') codes.push('PRECONDITION_FAILED');
  return codes;
}

function errorAnswers(codes: ErrorCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      String(status),
      {
        description: some.map((code) => `\`${code}\`: ${ERRORS[code].es}`).join('; '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

function headersOf(operation: Operation, method: string) {
  return [
    header('Accept-Language', 'Language of messages: `es` (default) or `en`'),
    ...(operation['x-idempotent']
      ? [
          header(
            'Idempotency-Key',
            'Repeating the request with the same key within 24 h returns the first answer',
          ),
        ]
      : []),
    ...(operation['x-emergency']
      ? [
          header(
            ACCESS_REASON,
            'A therapist opens one more patient in an emergency: 10 to 500 characters (percent-encoded beyond ' +
              'ASCII). It is recorded, administrators are told, and the records stay open to the therapist for 8 hours',
          ),
        ]
      : []),
    ...(operation['x-etag'] && method !== 'get' && method !== 'post'
      ? [header('If-Match', 'The ETag the resource was read with; 412 when it has changed since')]
      : []),
  ];
}

/** The end of `{feed_token.ics}`, which is how the framework reads `:feed_token.ics`; OpenAPI writes `{feed_token}.ics`. */
const EXTENSION = /\{(\w+)(\.\w+)\}/;

const parametersOf = ({ parameters = [] }: Operation) =>
  parameters.map((one) => (one.in === 'path' ? { ...one, name: one.name.replace(/\..*/, '') } : one));

function describe(operation: Operation, method: string, path: string): Operation {
  const permission = operation['x-permission'];
  if (operation.requestBody) {
    const [type, media] = Object.entries(operation.requestBody.content)[0] ?? ['application/json', {}];
    operation.requestBody = { ...operation.requestBody, content: withFile({ [type]: media }) };
  }
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => [
    status,
    answer.content ? { ...answer, content: withFile(answer.content) } : answer,
  ]);
  const errors = errorAnswers(errorsOf(operation, method, path));
  const name = path.replace(/^\/(?:api\/)?/, '').replace(/\/$/, '');
  return {
    ...operation,
    operationId: `${method}_${name.replace(/[{}]/g, '').replace(/[^\w]+/g, '_') || 'root'}`,
    description: [operation.description, permission ? `Permission: \`${permission}\`.` : 'Public.']
      .filter(Boolean)
      .join('\n\n'),
    parameters: [...parametersOf(operation), ...headersOf(operation, method)],
    responses: { ...Object.fromEntries(answers), ...errors },
  };
}

/** The app as the generator reads it: it takes our body reader (`http/body.ts`) for a parser of unknown types. */
function withoutParsers(app: AnyElysia): AnyElysia {
  const routes = app.routes.map((route) => ({ ...route, hooks: { ...route.hooks, parse: undefined } }));
  const reading = { getGlobalRoutes: () => routes, getGlobalDefinitions: () => ({ type: {} }) };
  return reading as unknown as AnyElysia;
}

/** The paths and schemas of an app as OpenAPI 3.0.3, generated from the schemas that validate its requests. */
export function openApiOf(app: AnyElysia): { paths: Paths; components: Record<string, unknown> } {
  const hidden = [/^\/swagger/, /^\/assets\//];
  const { paths } = toOpenAPISchema(
    withoutParsers(app),
    // Without `staticFile: false` it takes a path with a dot, such as `calendar.ics`, for a file.
    { paths: hidden, staticFile: false },
    undefined,
    { valibot: jsonSchema },
    '3.0.3',
  );
  const described = Object.entries(paths as unknown as Paths).map(([path, operations]) => [
    path.replace(EXTENSION, '{$1}$2'),
    Object.fromEntries(
      Object.entries(operations)
        .filter(([method]) => method !== 'options')
        .map(([method, operation]) => [method, describe(operation, method, path)]),
    ),
  ]);
  return {
    paths: withoutEmptyRequired(Object.fromEntries(described)),
    components: {
      securitySchemes: {
        bearerAuth: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The access_token of /api/auth/login/',
        },
      },
      schemas: { Error: ERROR_SCHEMA },
    },
  };
}
