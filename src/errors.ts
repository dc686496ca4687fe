/** Languages of messages to people; Spanish is the default (contract, "Conventions"). */
export type Language = 'es' | 'en';

type Entry = { status: number; es: string; en: string };

/** The contract's error table: each stable code with its status and its text, in one place. */
export const ERRORS = {
  VALIDATION_ERROR: { status: 400, es: 'Datos inválidos', en: 'Invalid data' },
  BUSINESS_RULE_VIOLATION: { status: 400, es: 'Regla de negocio violada', en: 'Business rule violated' },
  MALFORMED_JSON: { status: 400, es: 'El cuerpo no es JSON válido', en: 'The body is not valid JSON' },
  AUTHENTICATION_REQUIRED: { status: 401, es: 'Autenticación requerida', en: 'Authentication required' },
  INVALID_CREDENTIALS: {
    status: 401,
    es: 'Usuario o contraseña incorrectos',
    en: 'Wrong username or password',
  },
  TOKEN_EXPIRED: { status: 401, es: 'Token expirado', en: 'Token expired' },
  TOKEN_INVALID: { status: 401, es: 'Token inválido', en: 'Invalid token' },
  SESSION_REVOKED: { status: 401, es: 'La sesión fue cerrada', en: 'The session was closed' },
  INSUFFICIENT_PERMISSIONS: { status: 403, es: 'Permisos insuficientes', en: 'Insufficient permissions' },
  NOT_FOUND: { status: 404, es: 'No encontrado', en: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, es: 'Método no permitido', en: 'Method not allowed' },
  CONFLICT: { status: 409, es: 'El valor ya está en uso', en: 'The value is already taken' },
  PRECONDITION_FAILED: {
    status: 412,
    es: 'El recurso cambió desde que se leyó',
    en: 'The resource has changed since it was read',
  },
  PAYLOAD_TOO_LARGE: { status: 413, es: 'El cuerpo es demasiado grande', en: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, es: 'Tipo de contenido no admitido', en: 'Unsupported media type' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    es: 'La Idempotency-Key ya se usó con otra solicitud',
    en: 'The Idempotency-Key was already used with another request',
  },
  RATE_LIMITED: {
    status: 429,
    es: 'Demasiados intentos; espere un momento',
    en: 'Too many attempts; wait a moment',
  },
  INTERNAL_ERROR: { status: 500, es: 'Error interno del servidor', en: 'Internal server error' },
  DATABASE_ERROR: { status: 500, es: 'Error interno del servidor', en: 'Internal server error' },
  EXTERNAL_SERVICE_ERROR: {
    status: 503,
    es: 'Servicio temporalmente no disponible',
    en: 'Service temporarily unavailable',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    es: 'Servicio temporalmente no disponible',
    en: 'Service temporarily unavailable',
  },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;

/** What a refused request tells the client beyond the code; the shape depends on the code (contract). */
export type ErrorDetails = Record<string, unknown>;

/** An answer that is not a success: thrown anywhere, turned into the contract's JSON once, in `http/errors.ts`. */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly details?: ErrorDetails,
    /** Seconds the client should wait, sent as `Retry-After`. */
    readonly retryAfter?: number,
  ) {
    super(code);
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** A text in every language of the service. */
export type Text = Record<Language, string>;

/** One business rule that a request breaks: the contract's stable name and the sentence for people. */
export type Violation = { rule: string; message: Text };

/** The request breaks rules of the clinic; lists all of them, the first one names the error (contract, "Appointments"). */
export class RuleViolation extends AppError {
  constructor(readonly violations: [Violation, ...Violation[]]) {
    super('BUSINESS_RULE_VIOLATION');
  }
}

/** A reason against one field of the input, under the contract's `VALIDATION_ERROR`. */
export class InvalidField extends AppError {
  constructor(
    readonly field: string,
    readonly reason: Text,
  ) {
    super('VALIDATION_ERROR');
  }
}

/** Not there, or not the caller's business that it is there. */
export const notFound = () => new AppError('NOT_FOUND');

/** A unique value is taken; `field` is the name the client sent it under. */
export const conflict = (field: string, reason: Text) => new FieldConflict(field, reason);

/** See {@link conflict}. */
export class FieldConflict extends AppError {
  constructor(
    readonly field: string,
    readonly reason: Text,
  ) {
    super('CONFLICT');
  }
}
