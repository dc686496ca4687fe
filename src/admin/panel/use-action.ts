import { useRef, useState } from 'preact/hooks';
import { type ApiError, toApiError } from './api-error.ts';

/** Something that a button does. While it is being done, another click does nothing. */
export function useAction<Args extends unknown[]>(act: (...args: Args) => Promise<void>) {
  const running = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = (...args: Args): void => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    act(...args)
      .catch((thrown: unknown) => setError(toApiError(thrown)))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  };
  return { run, isBusy, error };
}
