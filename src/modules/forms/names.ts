const VERBS: Record<string, string> = { PUT: 'replace', PATCH: 'update', DELETE: 'delete' };

type Route = { method: string; path: string };

/**
 * A form's name, from its route: the words of the path, then what is done when several things can be done there:
 * `patients-create`, `patients-update`, `appointments-tickets-pay`, `auth-login`.
 */
export function formName({ method, path }: Route, routes: readonly Route[]): string {
  const words = path.split('/').filter((part) => part !== '' && part !== 'api' && !part.startsWith(':'));
  const isMember = (other: Route) => /^:\w+\/$/.test(other.path.replace(path, ''));
  const isCollection =
    method === 'POST' && routes.some((other) => other.method !== 'POST' && isMember(other));
  return [...words, ...(isCollection ? ['create'] : [VERBS[method] ?? []])]
    .flat()
    .join('-')
    .replaceAll('_', '-');
}
