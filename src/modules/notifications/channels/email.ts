import { createTransport, type SendMailOptions } from 'nodemailer';
import * as v from 'valibot';
import type { Config } from '../../../config.ts';
import type { Ctx } from '../../../context.ts';
import { brandOf } from '../brand.ts';
import { oneLine } from '../messages/content.ts';
import { asHtml, asText, LOGO_CID } from '../messages/layout.ts';
import type { Recipient } from '../recipients.ts';
import { unsubscribeUrl } from '../unsubscribe-link.ts';
import {
  type Channel,
  type Message,
  PermanentFailure,
  PROVIDER_TIMEOUT,
  TemporaryFailure,
} from './channel.ts';
import { writeMessageFile } from './development-files.ts';

/** Mail over SMTP_URL; without it, RFC 5322 files in `<storageDir>/mail/`. */
export const email: Channel = {
  provider: 'smtp',
  obstacle: (_ctx, { email: address }) => (address !== null && ADDRESS.test(address) ? null : 'no_address'),
  send: async (ctx, message, recipient) => {
    const { config } = ctx.services;
    const mail = await compose(ctx, message, recipient);
    const { envelope, content } = await rendered(mail);
    if (config.smtpUrl === undefined) {
      const file = { key: message.key, extension: 'eml', content };
      return { providerId: await writeMessageFile(config, 'mail', file) };
    }
    try {
      await transportOf(config, config.smtpUrl).sendMail({ envelope, raw: content });
    } catch (error) {
      throw failureOf(error);
    }
    return { providerId: mail.messageId ?? null };
  },
};

const composer = createTransport({ streamTransport: true, buffer: true });

/** The whole mail at once: sent part by part as it is made, each of its parts is a packet of its own. */
async function rendered(mail: SendMailOptions) {
  const { message, envelope } = await composer.sendMail(mail);
  if (!Buffer.isBuffer(message)) throw new Error('the mail was not buffered');
  return { envelope, content: message };
}

/** What an SMTP server may take for an address: one `@`, a domain with a dot, nothing that ends a header. */
const ADDRESS = /^[^\s@<>",;:]+@[^\s@<>",;:]+\.[^\s@<>",;:.]+$/;

async function compose(ctx: Ctx, message: Message, recipient: Recipient): Promise<SendMailOptions> {
  const { content, invitation } = message;
  const { mailFrom } = ctx.services.config;
  const brand = await brandOf(ctx);
  const unsubscribe = await unsubscribeUrl(ctx, message.kind, recipient);
  const letter = { content, brand, name: recipient.name, unsubscribe };
  return {
    from: oneLine(mailFrom),
    to: { name: recipient.name, address: oneLine(recipient.email ?? '') },
    subject: oneLine(content.subject),
    messageId: `<${message.key}@${hostOf(ctx.services.config)}>`,
    date: new Date(ctx.now.epochMilliseconds),
    text: asLines(asText(letter)),
    html: asLines(asHtml(letter)),
    attachments: brand.logo ? [{ ...brand.logo, cid: LOGO_CID, contentDisposition: 'inline' }] : [],
    ...(invitation ? { icalEvent: invitation } : {}),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': content.language,
      // A mail program's own button to unsubscribe, without a visit (RFC 2369, RFC 8058).
      ...(unsubscribe
        ? { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
        : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** With the line ends that a mail has (RFC 5322, 2.1). */
const asLines = (text: string): string => text.replaceAll('\n', '\r\n');

const hostOf = ({ publicUrl, mailFrom }: Config): string =>
  publicUrl ? new URL(publicUrl).hostname : (/@([\w.-]+)/.exec(mailFrom)?.[1] ?? 'localhost');

const connect = (url: string) =>
  createTransport({
    url,
    pool: true,
    maxConnections: 5,
    connectionTimeout: PROVIDER_TIMEOUT,
    greetingTimeout: PROVIDER_TIMEOUT,
    socketTimeout: PROVIDER_TIMEOUT,
  });

/** One pool of connections for each configuration, from the first mail on. */
const transports = new WeakMap<Config, ReturnType<typeof connect>>();

function transportOf(config: Config, url: string) {
  const known = transports.get(config) ?? connect(url);
  transports.set(config, known);
  return known;
}

const SmtpError = v.object({
  code: v.fallback(v.string(), 'error'),
  responseCode: v.fallback(v.optional(v.number()), undefined),
});

/** A 5yz reply to the addresses or to the message is final (RFC 5321, 4.2.1); a refused login is ours to mend. */
function failureOf(error: unknown): Error {
  const { code, responseCode } = v.parse(SmtpError, error);
  const reason = responseCode === undefined ? `SMTP ${code}` : `SMTP ${responseCode} ${code}`;
  const final =
    code === 'EENVELOPE' ? (responseCode ?? 500) >= 500 : code === 'EMESSAGE' && (responseCode ?? 0) >= 500;
  return final ? new PermanentFailure(reason) : new TemporaryFailure(reason);
}
