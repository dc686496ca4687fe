import * as v from 'valibot';
import type { Config } from '../../../config.ts';
import type { Ctx } from '../../../context.ts';
import { type Channel, PROVIDER_TIMEOUT, throwForStatus, Unreachable } from './channel.ts';
import { writeMessageFile } from './development-files.ts';

/**
 * Text messages through Twilio's interface; without its settings, files in `<storageDir>/sms/`. Twilio knows no key
 * that would keep a repeated request from being sent again: the header is there for providers in its form that do.
 */
export const sms: Channel = {
  provider: 'sms',
  obstacle: (ctx, { phone }) => (numberOf(ctx, phone) === null ? 'no_number' : null),
  send: async (ctx, { key, content }, { phone }) => {
    const { config } = ctx.services;
    const to = numberOf(ctx, phone);
    if (to === null) throw new Unreachable('no_number');
    if (config.sms) return { providerId: await post(config.sms, key, { to, body: content.short }) };
    const file = { key, extension: 'txt', content: `${to}\n\n${content.short}\n` };
    return { providerId: await writeMessageFile(config, 'sms', file) };
  },
};

const numberOf = (ctx: Ctx, phone: string | null): string | null =>
  phone === null ? null : internationalNumber(phone, ctx.services.config.smsCountryCode);

/** National numbers have at least so many digits wherever one could take them for international ones. */
const NATIONAL_DIGITS = 9;

/** A number as people write it, in E.164; one without a country code is of `countryCode`. Null when it cannot be one. */
export function internationalNumber(phone: string, countryCode: string): string | null {
  const digits = phone.replace(/\D/g, '');
  const isInternational =
    /^\s*(?:\+|00)/.test(phone) ||
    (digits.startsWith(countryCode) && digits.length >= countryCode.length + NATIONAL_DIGITS);
  const number = isInternational ? digits.replace(/^00/, '') : countryCode + digits.replace(/^0/, '');
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
