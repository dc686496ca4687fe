import addressparser from 'nodemailer/lib/addressparser';
import * as v from 'valibot';
import type { Config } from '../../../config.ts';
import type { Ctx } from '../../../context.ts';
import { brandOf } from '../brand.ts';
import { oneLine } from '../messages/content.ts';
import { asHtml, asText, LOGO_CID } from '../messages/layout.ts';
import type { Recipient } from '../recipients.ts';
import { unsubscribeUrl } from '../unsubscribe-link.ts';
import { type Channel, type Message, PermanentFailure, TemporaryFailure } from './channel.ts';
import { writeMessageFile } from './development-files.ts';
import { mailboxValue, textValue, writtenAddress } from './mail-head.ts';
import { filePart, multipart, textPart } from './mime.ts';
import { type MailServer, mailServer } from './smtp.ts';

/** Mail over SMTP_URL; without it, RFC 5322 files in `<storageDir>/mail/`. */
export const email: Channel = {
  provider: 'smtp',
  obstacle: (_ctx, { email: address }) => (address !== null && ADDRESS.test(address) ? null : 'no_address'),
  send: async (ctx, message, recipient) => {
    const { config } = ctx.services;
    const { messageId, envelope, content } = await compose(ctx, message, recipient);
    if (config.smtpUrl === undefined) {
      const file = { key: message.key, extension: 'eml', content };
      return { providerId: await writeMessageFile(config, 'mail', file) };
    }
    try {
      await serverOf(config, config.smtpUrl)(envelope, content);
    } catch (error) {
      throw failureOf(error);
    }
    return { providerId: messageId };
  },
};

/** What an SMTP server may take for an address: one `@`, a domain with a dot, nothing that ends a header. */
const ADDRESS = /^[^\s@<>",;:]+@[^\s@<>",;:]+\.[^\s@<>",;:.]+$/;

async function compose(ctx: Ctx, message: Message, recipient: Recipient) {
  const { content, invitation } = message;
  const { mailFrom } = ctx.services.config;
  const brand = await brandOf(ctx);
  const unsubscribe = await unsubscribeUrl(ctx, message.kind, recipient);
  const letter = { content, brand, name: recipient.name, unsubscribe };
  const messageId = `<${message.key}@${hostOf(ctx.services.config)}>`;
  const address = writtenAddress(oneLine(recipient.email ?? ''));
  const sender = senderOf(oneLine(mailFrom));
  const head = [
    `From: ${mailboxValue(sender.name, sender.address)}`,
    `To: ${mailboxValue(recipient.name, address)}`,
    `Subject: ${textValue(oneLine(content.subject))}`,
    `Message-ID: ${messageId}`,
    `Date: ${new Date(ctx.now.epochMilliseconds).toUTCString().replace('GMT', '+0000')}`,
    'Auto-Submitted: auto-generated',
    `Content-Language: ${content.language}`,
    // A mail program's own button to unsubscribe, without a visit (RFC 2369, RFC 8058).
    ...(unsubscribe
      ? [`List-Unsubscribe: <${unsubscribe}>`, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click']
      : []),
    'MIME-Version: 1.0',
  ];
  const html = textPart('text/html', asHtml(letter));
  const body = multipart('mixed', [
    multipart('alternative', [
      textPart('text/plain', asText(letter)),
      brand.logo ? multipart('related', [html, filePart(brand.logo, LOGO_CID)]) : html,
      ...(invitation ? [textPart(`text/calendar; method=${invitation.method}`, invitation.content)] : []),
    ]),
    // Once more as a file, for programs that enter no appointments by themselves.
    ...(invitation ? [filePart({ ...invitation, contentType: 'application/ics' })] : []),
  ]);
  return {
    messageId,
    envelope: { from: sender.address, to: address },
    content: Buffer.from(`${head.join('\r\n')}\r\n${body}`),
  };
}

/** MAIL_FROM may be written in any way that mail knows; it is read once. */
const senders = new Map<string, { name: string; address: string }>();

function senderOf(mailFrom: string) {
  const known = senders.get(mailFrom);
  if (known) return known;
  const [first] = addressparser(mailFrom, { flatten: true });
  const sender = { name: first?.name ?? '', address: writtenAddress(first?.address ?? '') };
  senders.set(mailFrom, sender);
  return sender;
}

const hostOf = ({ publicUrl, mailFrom }: Config): string =>
  publicUrl ? new URL(publicUrl).hostname : (/@([\w.-]+)/.exec(mailFrom)?.[1] ?? 'localhost');

/** One for each configuration, from the first mail on. */
const servers = new WeakMap<Config, MailServer>();

function serverOf(config: Config, url: string): MailServer {
  const known = servers.get(config) ?? mailServer(url);
  servers.set(config, known);
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
