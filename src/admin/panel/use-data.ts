import { useCallback, useEffect, useState } from 'preact/hooks';
import { read } from './api.ts';
import { type ApiError, toApiError } from './api-error.ts';

/** What is read: nothing yet, the data, or why there are none. The last data stay while newer are read. */
export type Data<T> = { data: T | undefined; error: ApiError | undefined; isLoading: boolean };

type State<T> = Data<T> & { from: string | null };

/** What was read of the same place stays, beside the reason why there is nothing newer. */
const failed = <T>(last: State<T>, from: string, thrown: unknown): State<T> => ({
  from,
  data: last.from === from ? last.data : undefined,
  error: toApiError(thrown),
  isLoading: false,
});

/** Reads a path, and again when it changes or `reload` is called; null reads nothing. */
export const useData = <T>(path: string | null) =>
  useReading<T>(path, (signal) => read<T>(path ?? '', signal));

/** The same with a reading of one's own; `key` tells one from another. */
export function useReading<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>) {
  const [times, setTimes] = useState(0);
  const [state, setState] = useState<State<T>>({
    from: key,
    data: undefined,
    error: undefined,
    isLoading: key !== null,
  });
  useEffect(() => {
    if (key === null) return;
    const gone = new AbortController();
    setState((last) => ({ ...last, isLoading: true }));
    const show = (next: (last: State<T>) => State<T>) => {
      if (!gone.signal.aborted) setState(next);
    };
    load(gone.signal).then(
      (data) => show(() => ({ from: key, data, error: undefined, isLoading: false })),
      (thrown: unknown) => show((last) => failed(last, key, thrown)),
    );
    return () => gone.abort();
  }, [key, times]);
  const reload = useCallback(() => setTimes((last) => last + 1), []);
  const change = useCallback(
    (by: (data: T) => T) =>
      setState((last) => (last.data === undefined ? last : { ...last, data: by(last.data) })),
    [],
  );
  return { ...state, reload, change };
}
