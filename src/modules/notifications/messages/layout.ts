import type { Language } from '../../../errors.ts';
import type { Brand } from '../brand.ts';
import type { Content } from './content.ts';
import { escaped } from './escaped.ts';

/** A letter: what is said, from whom, to whom; `unsubscribe` is the address that ends such letters. */
export type Letter = {
  content: Content;
  brand: Brand;
  name: string;
  unsubscribe: string | null;
};

/** Names the logo within the mail, which carries it along: nothing is loaded from elsewhere. */
export const LOGO_CID = 'logo@clinic';

const FRAME: Record<Language, { greeting: (name: string) => string; footer: string; unsubscribe: string }> = {
  es: {
    greeting: (name) => `Hola, ${name}:`,
    footer: 'Este mensaje se envió automáticamente; no hace falta responderlo.',
    unsubscribe: 'No recibir más correos como este',
  },
  en: {
    greeting: (name) => `Hello ${name},`,
    footer: 'This message was sent automatically; there is no need to reply.',
    unsubscribe: 'Stop receiving mails like this one',
  },
};

/** The letter as plain text. */
export function asText({ content, brand, name, unsubscribe }: Letter): string {
  const frame = FRAME[content.language];
  const facts = content.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
  const action = content.action ? [`${content.action.label}:\n${content.action.url}`] : [];
  const end = [
    '-- ',
    brand.name,
    brand.contact,
    frame.footer,
    unsubscribe && `${frame.unsubscribe}: ${unsubscribe}`,
  ];
  const parts = [frame.greeting(name), content.lead, ...action, facts, content.closing];
  return `${[...parts, end.filter((line) => line !== null).join('\n')].join('\n\n')}\n`;
}

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** For programs that read style sheets: dark colours, and one column on a telephone. The rest is inline. */
const SHEET = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){.pad{padding-left:20px!important;padding-right:20px!important}
.label,.value{display:block!important;width:auto!important}
.label{padding:12px 0 0!important}.value{padding:2px 0 12px!important;border-top:0!important}}
@media (prefers-color-scheme:dark){.page{background:#0f1a17!important}.card{background:#182521!important}
.box{background:#20302b!important}.head{background:#17503f!important}
.strong{color:#eef6f3!important}.text{color:#cfdeda!important}.faint{color:#9db3ad!important}
.line{border-color:#33463f!important}.button{background:#237a64!important}}`;

const factRow = ([label, value]: readonly [string, string], index: number): string => {
  const line = index > 0 ? ';border-top:1px solid #dfe9e6' : '';
  return `<tr>
<td class="label faint line" style="padding:12px 16px 12px 0;width:34%;vertical-align:top;color:#5b6f6b;font-size:14px;line-height:20px${line}">${escaped(label)}</td>
<td class="value strong line" style="padding:12px 0;vertical-align:top;color:#16302b;font-size:15px;line-height:20px;font-weight:600;word-break:break-word${line}">${escaped(value)}</td>
</tr>`;
};

const button = ({
  label,
  url,
}: {
  label: string;
  url: string;
}): string => `<tr><td class="pad" style="padding:20px 32px 4px">
<a class="button" href="${escaped(url)}" style="display:inline-block;padding:12px 20px;background:#1f6f5c;border-radius:8px;color:#ffffff;font-size:16px;line-height:24px;font-weight:600;text-decoration:none">${escaped(label)}</a>
</td></tr>
`;

const logo = (name: string): string =>
  `<img src="cid:${LOGO_CID}" alt="${escaped(name)}" height="40" style="display:block;height:40px;max-width:180px;margin:0 0 12px;padding:6px;background:#ffffff;border-radius:6px">`;

/** The letter as HTML that mail programs show alike: tables, inline styles. */
export function asHtml({ content, brand, name, unsubscribe }: Letter): string {
  const frame = FRAME[content.language];
  const foot = [brand.name, brand.contact, frame.footer].flatMap((line) =>
    line === null ? [] : [escaped(line)],
  );
  const stop = unsubscribe
    ? `<br><a class="faint" href="${escaped(unsubscribe)}" style="color:#5b6f6b">${escaped(frame.unsubscribe)}</a>`
    : '';
  return `<!doctype html>
<html lang="${content.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(content.title)}</title>
<style>${SHEET}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#eef4f2;${FONT}">
<div style="display:none;max-height:0;overflow:hidden">${escaped(content.short)}</div>
<table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#eef4f2">
<tr><td align="center" style="padding:32px 12px">
<table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border-radius:12px;overflow:hidden;${FONT}">
<tr><td class="head pad" style="padding:24px 32px;background:#1f6f5c;color:#ffffff;font-size:17px;line-height:24px;font-weight:600">${brand.logo ? logo(brand.name) : ''}${escaped(brand.name)}</td></tr>
<tr><td class="pad" style="padding:32px 32px 8px">
<h1 class="strong" style="margin:0 0 20px;color:#16302b;font-size:22px;line-height:30px;font-weight:700">${escaped(content.title)}</h1>
<p class="text" style="margin:0 0 12px;color:#33504a;font-size:16px;line-height:24px">${escaped(frame.greeting(name))}</p>
<p class="text" style="margin:0;color:#33504a;font-size:16px;line-height:24px">${escaped(content.lead)}</p>
</td></tr>
${content.action ? button(content.action) : ''}<tr><td class="pad" style="padding:16px 32px">
<table class="box" width="100%" cellpadding="0" cellspacing="0" style="background:#f5f9f8;border-radius:8px">
<tr><td style="padding:6px 20px"><table width="100%" cellpadding="0" cellspacing="0">
${content.facts.map(factRow).join('\n')}
</table></td></tr>
</table>
</td></tr>
<tr><td class="text pad" style="padding:8px 32px 32px;color:#33504a;font-size:15px;line-height:22px">${escaped(content.closing)}</td></tr>
</table>
<p class="faint" style="margin:20px 0 0;max-width:536px;color:#5b6f6b;font-size:13px;line-height:19px">${foot.join('<br>')}${stop}</p>
</td></tr>
</table>
</body>
</html>
`;
}
