import type { Language, Text } from '../../errors.ts';
import { escaped } from './messages/escaped.ts';
import type { Kind } from './kinds.ts';

const MAILS: Partial<Record<Kind, Text>> = {
  appointment_confirmation: { es: 'confirmaciones de citas', en: 'confirmations of appointments' },
  appointment_status: { es: 'cambios en sus citas', en: 'changes of your appointments' },
  appointment_cancellation: { es: 'citas canceladas', en: 'cancelled appointments' },
  appointment_reminder: { es: 'recordatorios de citas', en: 'reminders of appointments' },
  report_ready: { es: 'reportes terminados', en: 'finished reports' },
  import_ready: { es: 'importaciones terminadas', en: 'finished imports' },
};

const TEXTS = {
  es: {
    title: 'Dejar de recibir correos',
    ask: (mails: string) => `¿Ya no desea recibir por correo: ${mails}?`,
    button: 'No recibir más',
    done: 'Listo',
    ended: (mails: string) => `Ya no le enviaremos por correo: ${mails}.`,
    again: 'Puede volver a activarlos en sus preferencias o pedirlo en el centro.',
  },
  en: {
    title: 'Stop receiving mails',
    ask: (mails: string) => `Do you no longer want to receive by mail: ${mails}?`,
    button: 'Stop receiving them',
    done: 'Done',
    ended: (mails: string) => `We will no longer send you by mail: ${mails}.`,
    again: 'You can switch them on again in your preferences, or by asking at the clinic.',
  },
};

const STYLE = `:root{color-scheme:light dark}
body{margin:0;background:#eef4f2;color:#16302b;font:16px/24px system-ui,sans-serif}
main{max-width:26rem;margin:12vh auto;padding:2rem;background:#fff;border-radius:12px}
h1{font-size:1.4rem;margin:0 0 1.2rem}
button{padding:.7rem 1.4rem;border:0;border-radius:8px;background:#1f6f5c;color:#fff;font:inherit;font-weight:600}
@media (prefers-color-scheme:dark){body{background:#0f1a17;color:#e4efec}main{background:#182521}}`;

/** What a person who follows the link sees: the question, or with `isDone` that it was done. */
export function unsubscribePage(language: Language, kind: Kind, isDone: boolean, nonce: string): string {
  const texts = TEXTS[language];
  const mails = MAILS[kind]?.[language] ?? kind;
  const title = isDone ? texts.done : texts.title;
  const content = isDone
    ? `<p>${escaped(texts.ended(mails))}</p><p>${escaped(texts.again)}</p>`
    : `<p>${escaped(texts.ask(mails))}</p><form method="post"><button>${escaped(texts.button)}</button></form>`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escaped(title)}</title>
<style nonce="${nonce}">${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1>
${content}</main></body>
</html>
`;
}

/** Nothing may run on the page or leave it but its own form. */
export const unsubscribePolicy = (nonce: string): string =>
  `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
