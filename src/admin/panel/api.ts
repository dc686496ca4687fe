import { refusalOf, toApiError } from './api-error.ts';
import { language } from './language.ts';
import { currentTokens, dropTokens, exchangeTokens, type Tokens } from './session.ts';

type Options = {
  body?: unknown;
  /** `Idempotency-Key` of what must happen once, however often it is sent. */
  key?: string | undefined;
  signal?: AbortSignal | undefined;
};

let onSignedOut: () => void = () => undefined;

/** Calls `done` when the session has ended and cannot be renewed. */
export function whenSignedOut(done: () => void): void {
  onSignedOut = done;
}

function fetchAs(tokens: Tokens | null, method: string, path: string, { body, key, signal }: Options) {
  const headers: Record<string, string> = { 'accept-language': language };
  if (tokens) headers['authorization'] = `Bearer ${tokens.access_token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key !== undefined) headers['idempotency-key'] = key;
  return fetch(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

let renewing: Promise<Tokens | null> | undefined;

/** A new pair of tokens, asked for once however many requests wait for it; null when the session has ended. */
const renewed = (): Promise<Tokens | null> =>
  (renewing ??= renew().finally(() => {
    renewing = undefined;
  }));

const renew = (): Promise<Tokens | null> =>
  exchangeTokens(async ({ refresh_token }) => {
    const response = await fetchAs(null, 'POST', '/api/auth/refresh/', { body: { refresh_token } });
    if (response.status === 401) return null;
    if (!response.ok) throw await refusalOf(response);
    return (await response.json()) as Tokens;
  });

/**
 * Sends a request as whoever is signed in; an access token that has expired is renewed once.
 * @throws ApiError for any answer that is not a success
 */
export async function send(method: string, path: string, options: Options = {}): Promise<Response> {
  try {
    const sentAs = currentTokens();
    let response = await fetchAs(sentAs, method, path, options);
    if (response.status === 401 && sentAs) {
      // Another request may have renewed it meanwhile.
      const now = currentTokens();
      const tokens = now?.access_token === sentAs.access_token ? await renewed() : now;
      if (tokens) response = await fetchAs(tokens, method, path, options);
      if (response.status === 401) {
        dropTokens();
        onSignedOut();
      }
    }
    if (!response.ok) throw await refusalOf(response);
    return response;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw toApiError(error);
  }
}

/** The JSON answer of a request; see {@link send}. */
export const call = async <T>(method: string, path: string, options?: Options): Promise<T> =>
  (await (await send(method, path, options)).json()) as T;

/** Reads a resource; see {@link send}. */
export const read = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>('GET', path, { signal });

/** A path with a query; what is empty is left out. */
export function withQuery(
  path: string,
  query: Record<string, string | number | boolean | undefined>,
): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return given.length === 0 ? path : `${path}?${text.toString()}`;
}
