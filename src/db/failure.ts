import { AppError, conflict, InvalidField } from '../errors.ts';

type DriverError = { errno?: number; code?: string; sqlMessage?: string; message?: string };

/** Deadlock, lock wait timeout, lock not available now: the transaction may be tried again. */
const RETRYABLE = new Set([1213, 1205, 3572]);

const UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_ACCESS_DENIED_ERROR',
  'POOL_TIMEOUT',
]);

const driverError = (error: unknown): DriverError | undefined => {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('errno' in current || 'code' in current) return current as DriverError;
    if (current.message === 'Queue limit reached.' || current.message === 'Pool is closed.')
      return { code: 'POOL_TIMEOUT' };
  }
  return undefined;
};

/** Whether running the same transaction again may succeed. */
export const isRetryable = (error: unknown): boolean => RETRYABLE.has(driverError(error)?.errno ?? 0);

/** The unique index that a duplicate hits, by its wire field; undefined for any other error. */
export function duplicateField(error: unknown): string | undefined {
  const cause = driverError(error);
  if (cause?.errno !== 1062) return undefined;
  return /for key '[^']*__(\w+)'/.exec(cause.sqlMessage ?? cause.message ?? '')?.[1] ?? 'id';
}

/**
 * What a database error means to a client. Unique indexes are named `uq_<table>__<field>`, so the field that is
 * taken needs no mapping. Returns undefined for what is not a database error.
 */
export function databaseFailure(error: unknown): AppError | undefined {
  const taken = duplicateField(error);
  if (taken)
    return conflict(taken, { es: 'Este valor ya está en uso.', en: 'This value is already in use.' });
  const cause = driverError(error);
  if (!cause) return undefined;
  const message = cause.sqlMessage ?? cause.message ?? '';
  if (cause.errno === 1452) {
    const field = /FOREIGN KEY \(`(\w+)`\)/.exec(message)?.[1] ?? 'id';
    return new InvalidField(field, { es: 'No existe.', en: 'Does not exist.' });
  }
  if (cause.errno === 1406 || cause.errno === 1264 || cause.errno === 1366) {
    const field = /for column (?:`\w+`\.)*[`'](\w+)[`']/.exec(message)?.[1] ?? 'id';
    return new InvalidField(field, { es: 'Valor no admitido.', en: 'Value not accepted.' });
  }
  if (UNAVAILABLE.has(cause.code ?? '')) return new AppError('DATABASE_UNAVAILABLE', undefined, 5);
  return cause.errno === undefined && cause.sqlMessage === undefined
    ? undefined
    : new AppError('DATABASE_ERROR');
}
