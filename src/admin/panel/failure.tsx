import type { ApiError } from './api-error.ts';
import { t } from './texts.ts';

/** What went wrong, at once read aloud; with a way to try again where there is one. */
export function Failure({ error, retry }: { error: ApiError | undefined; retry?: () => void }) {
  return (
    <div role="alert" class={error ? 'failure' : undefined}>
      {error?.sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {error && retry && (
        <button type="button" class="plain" onClick={retry}>
          {t.retry}
        </button>
      )}
    </div>
  );
}
