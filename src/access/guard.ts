import type { AnyElysia } from 'elysia';
import type { Access, Permission } from './enforcer.ts';

type Route = { method: string; path: string; hooks: { detail?: Record<string, unknown> } };

/** Who may use a route, as it declares. */
export type Guard = { kind: 'public' } | { kind: 'permit'; permission: Permission } | { kind: 'missing' };

/** The documentation page and its script come from a plugin that knows nothing of `permit`; CORS answers OPTIONS. */
const isOurs = ({ method, path }: Route) => method !== 'OPTIONS' && !/^\/(swagger|assets)(\/|$)/.test(path);

/** Reads what `permit` or `public` has left on a route (`http/plugin.ts`). */
export function guardOf(route: Route): Guard {
  const { detail = {} } = route.hooks;
  const permission = detail['x-permission'];
  if (typeof permission === 'string') return { kind: 'permit', permission: permission as Permission };
  const { security } = detail;
  if (!isOurs(route) || (Array.isArray(security) && security.length === 0)) return { kind: 'public' };
  return { kind: 'missing' };
}

/**
 * A route that says neither `permit` nor `public`, or asks for a permission that no rule of the policy file gives,
 * is a mistake that must not be served.
 * @throws Error that names every such route
 */
export function assertGuarded(app: AnyElysia, access: Access): void {
  const known = new Set<string>(access.permissions);
  const problems = app.routes.flatMap((route: Route) => {
    const guard = guardOf(route);
    const where = `${route.method} ${route.path}`;
    if (guard.kind === 'missing') return [`${where}: declares neither permit nor public`];
    if (guard.kind === 'permit' && !known.has(guard.permission))
      return [`${where}: policy.csv does not mention ${guard.permission}`];
    return [];
  });
  if (problems.length === 0) return;
  throw new Error(
    ['Routes without a guard are not served:', ...problems.map((line) => `  ${line}`)].join('\n'),
  );
}
