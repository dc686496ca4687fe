import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './api-error.ts';
import { call } from './api.ts';
import { Failure } from './failure.tsx';
import { Labelled } from './labelled.tsx';
import { switchLanguage } from './language.ts';
import { keepTokens, type Tokens } from './session.ts';
import { t } from './texts.ts';
import { useAction } from './use-action.ts';

type Props = { message: string; onSignedIn: () => void };

/** The API's own login; the code of the second factor is asked for when the API asks for it. */
export function SignIn({ message, onSignedIn }: Props) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [otp, setOtp] = useState<string | null>(null);
  const code = useRef<HTMLInputElement>(null);

  const { run, isBusy, error } = useAction(async () => {
    const body = { username, password, ...(otp === null ? {} : { otp }) };
    try {
      keepTokens(await call<Tokens>('POST', '/api/auth/login/', { body }));
    } catch (thrown) {
      const wantsCode = thrown instanceof ApiError && thrown.reasonsOf('otp').length > 0;
      if (!wantsCode) throw thrown;
      setOtp((last) => last ?? '');
      if (otp !== null) throw thrown;
      return;
    }
    onSignedIn();
  });

  const asksForCode = otp !== null;
  useEffect(() => {
    document.title = t.signIn.title;
  }, []);
  useEffect(() => {
    if (asksForCode) code.current?.focus();
  }, [asksForCode]);

  return (
    <main class="alone">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <h1>{t.signIn.title}</h1>
        {message !== '' && <p role="status">{message}</p>}
        <Labelled label={t.signIn.username}>
          {(ties) => (
            <input
              {...ties}
              name="username"
              autocomplete="username"
              autocapitalize="none"
              required
              value={username}
              onInput={(event) => setUsername(event.currentTarget.value)}
            />
          )}
        </Labelled>
        <Labelled label={t.signIn.password}>
          {(ties) => (
            <input
              {...ties}
              name="password"
              type="password"
              autocomplete="current-password"
              required
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          )}
        </Labelled>
        {asksForCode && (
          <Labelled label={t.signIn.otp} help={t.signIn.otpHelp} errors={error?.reasonsOf('otp')}>
            {(ties) => (
              <input
                {...ties}
                ref={code}
                name="otp"
                inputMode="numeric"
                autocomplete="one-time-code"
                required
                value={otp}
                onInput={(event) => setOtp(event.currentTarget.value)}
              />
            )}
          </Labelled>
        )}
        <Failure error={error?.reasonsOf('otp').length === 0 ? error : undefined} />
        <button disabled={isBusy}>{t.signIn.submit}</button>
        <button type="button" class="plain" onClick={switchLanguage}>
          {t.language}
        </button>
      </form>
    </main>
  );
}
