import { Elysia } from 'elysia';
import type { Language } from '../../errors.ts';
import type { Http } from '../../http/plugin.ts';

const TEXTS = {
  es: {
    title: 'Elija una contraseña nueva',
    password: 'Contraseña nueva (al menos 8 caracteres)',
    again: 'Otra vez',
    save: 'Guardar',
    differ: 'Las contraseñas no coinciden.',
    failed: 'No se pudo guardar; inténtelo de nuevo.',
  },
  en: {
    title: 'Choose a new password',
    password: 'New password (at least 8 characters)',
    again: 'Once more',
    save: 'Save',
    differ: 'The passwords do not match.',
    failed: 'It could not be saved; try again.',
  },
} satisfies Record<Language, Record<string, string>>;

const STYLE = `body{margin:0;background:#eef4f2;color:#16302b;font:16px/24px system-ui,sans-serif}
main{max-width:26rem;margin:12vh auto;padding:2rem;background:#fff;border-radius:12px}
h1{font-size:1.4rem;margin:0 0 1.2rem}
label{display:block;margin:0 0 1rem}
input{box-sizing:border-box;width:100%;padding:.6rem;border:1px solid #8aa39d;border-radius:8px;font:inherit}
button{padding:.7rem 1.4rem;border:0;border-radius:8px;background:#1f6f5c;color:#fff;font:inherit;font-weight:600}`;

/** The token leaves the address bar at once: it is in no history and on no screenshot. */
const script = (texts: (typeof TEXTS)[Language], language: Language): string => `
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
history.replaceState(null, '', location.pathname);
const form = document.querySelector('form');
const say = (text) => { document.querySelector('output').textContent = text; };
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const [password, again] = [...new FormData(form).values()];
  if (password !== again) return say(${JSON.stringify(texts.differ)});
  try {
    const response = await fetch('/api/auth/password/reset/', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': '${language}' },
      body: JSON.stringify({ token, new_password: password }),
    });
    const answer = await response.json();
    say(response.ok ? answer.success_message : Object.values(answer.details ?? {}).flat().join(' ') || answer.error);
    if (response.ok) form.remove();
  } catch {
    say(${JSON.stringify(texts.failed)});
  }
});`;

const field = (label: string, name: string) =>
  `<label>${label}<input type="password" name="${name}" autocomplete="new-password" minlength="8" maxlength="200" required></label>`;

function page(language: Language, nonce: string): string {
  const texts = TEXTS[language];
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${texts.title}</title>
<style nonce="${nonce}">${STYLE}</style></head>
<body><main><h1>${texts.title}</h1>
<form>${field(texts.password, 'password')}${field(texts.again, 'again')}<button>${texts.save}</button></form>
<p><output></output></p></main>
<script nonce="${nonce}">${script(texts, language)}</script></body>
</html>
`;
}

/** The page that a reset link opens; it works with nothing but this service. */
export const resetPage = (http: Http) =>
  new Elysia({ detail: { hide: true } }).use(http).get(
    '/reset-password/',
    ({ ctx, set }) => {
      const nonce = crypto.randomUUID();
      set.headers['content-type'] = 'text/html; charset=utf-8';
      set.headers['content-security-policy'] =
        `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
      return page(ctx.language, nonce);
    },
    { public: true },
  );
