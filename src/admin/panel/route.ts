import { useEffect, useState } from 'preact/hooks';

/** Where in the panel the reader is: the part after `#`, as a path and a query. */
export type Route = { path: string; query: URLSearchParams };

function currentRoute(): Route {
  const [path = '', query = ''] = location.hash.slice(1).split('?');
  return { path: path === '' ? '/' : path, query: new URLSearchParams(query) };
}

export function useRoute(): Route {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const change = () => setRoute(currentRoute());
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return route;
}

/** Another query of the same page, which the browser's way back does not stop at. */
export function replaceQuery(query: URLSearchParams): void {
  const { path } = currentRoute();
  history.replaceState(null, '', `#${path}?${query.toString()}`);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** The queues have an address of their own (`/admin/queues/`), which is a page of the panel like any other. */
export function leaveQueuesAddress(): void {
  if (location.pathname.startsWith('/admin/queues')) history.replaceState(null, '', '/admin/#/colas');
}
