import type { Logger } from 'pino';
import type * as v from 'valibot';
import { databaseFailure } from '../db/failure.ts';
import {
  AppError,
  type ErrorDetails,
  ERRORS,
  FieldConflict,
  InvalidField,
  type Language,
  RuleViolation,
} from '../errors.ts';
import { reasons } from './validation.ts';

/** The one shape of every error answer (contract, "Conventions"). */
export type ErrorBody = { error: string; code: string; details?: ErrorDetails; request_id: string };

type FrameworkError = {
  code?: string | number;
  type?: string;
  value?: unknown;
  validator?: { schema?: unknown };
};

/** Anything thrown, as the contract's error; what is not ours becomes an INTERNAL_ERROR that says nothing of itself. */
export function toAppError(thrown: unknown, language: Language): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = thrown as FrameworkError;
  if (error?.code === 'VALIDATION' && error.type !== 'response') {
    const schema = (error.validator?.schema ?? error.validator) as v.GenericSchema;
    return new AppError('VALIDATION_ERROR', reasons(schema, error.value, error.type ?? 'body', language));
  }
  if (error?.code === 'PARSE') return new AppError('MALFORMED_JSON');
  if (error?.code === 'NOT_FOUND') return new AppError('NOT_FOUND');
  return databaseFailure(thrown) ?? new AppError('INTERNAL_ERROR');
}

function details(error: AppError, language: Language): ErrorDetails | undefined {
  if (error instanceof InvalidField || error instanceof FieldConflict)
    return { [error.field]: [error.reason[language]] };
  if (error instanceof RuleViolation) {
    const violations = error.violations.map(({ rule, message }) => ({ rule, message: message[language] }));
    return { ...violations[0], violations };
  }
  return error.details;
}

/** The JSON of an error. */
export function errorBody(error: AppError, language: Language, requestId: string): ErrorBody {
  const told = details(error, language);
  return {
    error: ERRORS[error.code][language],
    code: error.code,
    ...(told ? { details: told } : {}),
    request_id: requestId,
  };
}

/** Writes what an operator needs of a server-side failure: never the statement's values nor the request's body. */
export function logFailure(log: Logger, thrown: unknown, requestId: string): void {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const { name, message, stack, code, errno } = cause as Error & { code?: string; errno?: number };
  // A driver's message quotes the values of the row; its number says enough.
  const text = errno === undefined ? message : undefined;
  const validation = (thrown as FrameworkError)?.code === 'VALIDATION';
  log.error(
    {
      requestId,
      failure: {
        name,
        code,
        errno,
        message: validation ? 'response schema' : text,
        stack: stack?.split('\n').slice(1, 8),
      },
    },
    'request failed',
  );
}
