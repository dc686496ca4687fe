import type { AnyElysia } from 'elysia';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The methods under which the app knows a path: what tells 405 from 404 (RFC 9110, 15.5.6). */
export const methodsOf = (app: AnyElysia, path: string): string[] =>
  METHODS.filter((method) => app.router.http.find(method, path) !== null);
