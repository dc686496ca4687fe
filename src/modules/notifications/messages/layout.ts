import type { Language } from '../../../errors.ts';
import type { Content } from './content.ts';

/** A letter: what is said, from whom, to whom. */
export type Letter = { content: Content; clinicName: string; name: string };

const FRAME: Record<Language, { greeting: (name: string) => string; footer: string }> = {
  es: {
    greeting: (name) => `Hola, ${name}:`,
    footer: 'Este mensaje se envió automáticamente; no hace falta responderlo.',
  },
  en: {
    greeting: (name) => `Hello ${name},`,
    footer: 'This message was sent automatically; there is no need to reply.',
  },
};

/** The letter as plain text. */
export function asText({ content, clinicName, name }: Letter): string {
  const { greeting, footer } = FRAME[content.language];
  const facts = content.facts.map(([label, value]) => `${label}: ${value}`).join('\n');
  const action = content.action ? [`${content.action.label}:\n${content.action.url}`] : [];
  const end = `-- \n${clinicName}\n${footer}`;
  const parts = [greeting(name), content.lead, ...action, facts, content.closing, end];
  return `${parts.join('\n\n')}\n`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

const factRow = ([label, value]: readonly [string, string], index: number): string => `<tr>
<td style="padding:12px 16px 12px 0;width:34%;vertical-align:top;color:#5b6f6b;font-size:14px;line-height:20px${index > 0 ? ';border-top:1px solid #dfe9e6' : ''}">${escaped(label)}</td>
<td style="padding:12px 0;vertical-align:top;color:#16302b;font-size:15px;line-height:20px;font-weight:600${index > 0 ? ';border-top:1px solid #dfe9e6' : ''}">${escaped(value)}</td>
</tr>`;

const button = ({
  label,
  url,
}: {
  label: string;
  url: string;
}): string => `<tr><td style="padding:20px 32px 4px">
<a href="${escaped(url)}" style="display:inline-block;padding:12px 20px;background:#1f6f5c;border-radius:8px;color:#ffffff;font-size:16px;line-height:24px;font-weight:600;text-decoration:none">${escaped(label)}</a>
</td></tr>
`;

/** The letter as HTML that mail programs show alike: tables, inline styles, nothing loaded from elsewhere. */
export function asHtml({ content, clinicName, name }: Letter): string {
  const { greeting, footer } = FRAME[content.language];
  return `<!doctype html>
<html lang="${content.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escaped(content.title)}</title>
</head>
<body style="margin:0;padding:0;background:#eef4f2;${FONT}">
<div style="display:none;max-height:0;overflow:hidden">${escaped(content.short)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#eef4f2">
<tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border-radius:12px;overflow:hidden;${FONT}">
<tr><td style="padding:24px 32px;background:#1f6f5c;color:#ffffff;font-size:17px;line-height:24px;font-weight:600">${escaped(clinicName)}</td></tr>
<tr><td style="padding:32px 32px 8px">
<h1 style="margin:0 0 20px;color:#16302b;font-size:22px;line-height:30px;font-weight:700">${escaped(content.title)}</h1>
<p style="margin:0 0 12px;color:#33504a;font-size:16px;line-height:24px">${escaped(greeting(name))}</p>
<p style="margin:0;color:#33504a;font-size:16px;line-height:24px">${escaped(content.lead)}</p>
</td></tr>
${content.action ? button(content.action) : ''}<tr><td style="padding:16px 32px">
<table width="100%" cellpadding="0" cellspacing="0" style="background:#f5f9f8;border-radius:8px">
<tr><td style="padding:6px 20px"><table width="100%" cellpadding="0" cellspacing="0">
${content.facts.map(factRow).join('\n')}
</table></td></tr>
</table>
</td></tr>
<tr><td style="padding:8px 32px 32px;color:#33504a;font-size:15px;line-height:22px">${escaped(content.closing)}</td></tr>
</table>
<p style="margin:20px 0 0;max-width:536px;color:#5b6f6b;font-size:13px;line-height:19px">${escaped(clinicName)}<br>${escaped(footer)}</p>
</td></tr>
</table>
</body>
</html>
`;
}
