import * as v from 'valibot';
import type { Config } from '../../../config.ts';
import { type Channel, PROVIDER_TIMEOUT, throwForStatus } from './channel.ts';
import { writeMessageFile } from './development-files.ts';

/** Text messages through Twilio's interface; without its settings, files in `<storageDir>/sms/`. */
export const sms: Channel = {
  obstacle: async (_ctx, recipient) =>
    recipient.phone === null || internationalNumber(recipient.phone) === null ? 'no_number' : null,
  send: async (ctx, { key, content }, recipient) => {
    const { config } = ctx.services;
    const to = internationalNumber(recipient.phone ?? '') ?? '';
    if (config.sms) return { providerId: await post(config.sms, key, { to, body: content.short }) };
    const file = { key, extension: 'txt', content: `${to}\n\n${content.short}\n` };
    return { providerId: await writeMessageFile(config, 'sms', file) };
  },
};

const PERU = '51';

/** A number as people write it, in E.164: national numbers are Peru's. Null when it cannot be one. */
export function internationalNumber(phone: string): string | null {
  const digits = phone.replace(/\D/g, '');
  const isInternational = /^\s*(?:\+|00)/.test(phone) || (digits.startsWith(PERU) && digits.length === 11);
  const number = isInternational ? digits.replace(/^00/, '') : PERU + digits.replace(/^0/, '');
  return /^[1-9]\d{6,14}$/.test(number) ? `+${number}` : null;
}

const Sent = v.object({ sid: v.string() });
const Refused = v.object({ code: v.number() });

async function post(
  { baseUrl, accountSid, authToken, from }: NonNullable<Config['sms']>,
  key: string,
  { to, body }: { to: string; body: string },
): Promise<string | null> {
  const account = encodeURIComponent(accountSid);
  const response = await fetch(
    `${baseUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${account}/Messages.json`,
    {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
        'idempotency-key': key,
      },
      body: new URLSearchParams({ From: from, To: to, Body: body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(PROVIDER_TIMEOUT),
    },
  );
  // A message that was taken must not be sent again only because its answer cannot be read.
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return v.is(Sent, answer) ? answer.sid : null;
  throwForStatus(response.status, v.is(Refused, answer) ? answer.code : undefined);
}
