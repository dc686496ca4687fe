import { useEffect, useState } from 'preact/hooks';
import { call, whenSignedOut } from './api.ts';
import { type ApiError, toApiError } from './api-error.ts';
import { type Clinic, ClinicContext, loadClinic } from './clinic.ts';
import { Failure } from './failure.tsx';
import { currentTokens, dropTokens } from './session.ts';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';
import { t } from './texts.ts';

type State =
  | { kind: 'signed-out'; message: string }
  | { kind: 'loading' }
  | { kind: 'failed'; error: ApiError }
  | { kind: 'signed-in'; clinic: Clinic };

const SIGNED_OUT: State = { kind: 'signed-out', message: '' };

/** Signs people in and out; what lies between is the shell's. */
export function App() {
  const [state, setState] = useState<State>(currentTokens() ? { kind: 'loading' } : SIGNED_OUT);

  useEffect(() => whenSignedOut(() => setState({ kind: 'signed-out', message: t.signIn.ended })), []);

  const isLoading = state.kind === 'loading';
  useEffect(() => {
    if (!isLoading) return;
    loadClinic().then(
      (clinic) => setState({ kind: 'signed-in', clinic }),
      (thrown: unknown) => {
        if (currentTokens()) setState({ kind: 'failed', error: toApiError(thrown) });
      },
    );
  }, [isLoading]);

  const signOut = () => {
    call('POST', '/api/auth/logout/')
      // Whoever leaves is gone from this tab, whether or not the service could be told.
      .catch(() => undefined)
      .finally(() => {
        dropTokens();
        setState(SIGNED_OUT);
      });
  };

  switch (state.kind) {
    case 'signed-out':
      return <SignIn message={state.message} onSignedIn={() => setState({ kind: 'loading' })} />;
    case 'loading':
      return (
        <main class="alone" aria-busy="true">
          <p role="status">{t.loading}</p>
        </main>
      );
    case 'failed':
      return (
        <main class="alone">
          <Failure error={state.error} retry={() => setState({ kind: 'loading' })} />
        </main>
      );
    case 'signed-in':
      return (
        <ClinicContext.Provider value={state.clinic}>
          <Shell signOut={signOut} />
        </ClinicContext.Provider>
      );
  }
}
