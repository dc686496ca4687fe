import type { AnyElysia } from 'elysia';

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

/**
 * Tells the methods under which an app knows a path: what tells 405 from 404 (RFC 9110, 15.5.6). Read from the routes
 * at the first question, since the framework looks up those without a parameter apart from the others.
 */
export function methodsOf(app: () => AnyElysia): (path: string) => string[] {
  let known: { pattern: RegExp; method: string }[] | undefined;
  return (path) => {
    known ??= app()
      .routes.filter(({ method }) => method !== 'OPTIONS')
      .map(({ path, method }) => {
        const parts = withoutSlash(path).split('/');
        const source = parts.map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part))).join('/');
        return { pattern: new RegExp(`^${source}/?$`), method };
      });
    const methods = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    const unique = new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])));
    return unique.size === 0 ? [] : [...unique, 'OPTIONS'];
  };
}
