import { eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { AppError, type Language } from '../../errors.ts';
import type { Document, Heading, Picture } from '../../render/document.ts';
import { dayOf } from '../../render/words.ts';
import { plain } from '../../search-text.ts';
import { formatInstant } from '../../time.ts';
import { companyLogo, companyProfile } from '../company/profile.ts';
import { users } from '../users/tables.ts';
import type { Fields, Report } from './define.ts';

const TEXTS = {
  es: { day: 'Fecha', days: 'Del', to: 'al', by: 'Generado por', at: 'Generado el', taxId: 'RUC' },
  en: { day: 'Date', days: 'From', to: 'to', by: 'Made by', at: 'Made on', taxId: 'Tax id' },
} as const;

/** What a file says around its tables: the clinic, the report, what was asked for, by whom and when. */
export async function headingOf(
  ctx: Ctx,
  report: Report,
  parameters: Fields,
): Promise<Heading & Pick<Document, 'logo'>> {
  const { language } = ctx;
  const texts = TEXTS[language];
  const company = await companyProfile(ctx);
  const { from, to } = report.period(parameters);
  const made = formatInstant(ctx.now, ctx.services.config.timeZone);
  return {
    language,
    currency: company.currency,
    company: [
      company.name,
      joined([company.legalName, company.taxId && `${texts.taxId} ${company.taxId}`]),
      joined([company.address]),
      joined([company.phone, company.email, company.website]),
    ].filter((line) => line !== ''),
    title: report.title[language],
    facts: [
      from === to ? [texts.day, dayOf(from)] : [texts.days, `${dayOf(from)} ${texts.to} ${dayOf(to)}`],
      ...report.asked(parameters, language),
      [texts.by, (await requesterName(ctx)) ?? company.name],
      [texts.at, `${dayOf(made)} ${made.slice(11, 16)}`],
    ],
    logo: await logoOf(ctx),
  };
}

const joined = (parts: readonly (string | null)[]): string => parts.filter(Boolean).join(' · ');

/** Null when the clinic makes it by itself. */
async function requesterName(ctx: Ctx): Promise<string | null> {
  if (ctx.actor.kind !== 'user') return null;
  const [row] = await ctx.db
    .select({ firstName: users.firstName, lastName: users.lastName, username: users.username })
    .from(users)
    .where(eq(users.id, ctx.actor.userId));
  return `${row?.firstName ?? ''} ${row?.lastName ?? ''}`.trim() || (row?.username ?? '');
}

async function logoOf(ctx: Ctx): Promise<Picture | null> {
  try {
    const { file, type } = await companyLogo(ctx);
    return { kind: type === 'image/png' ? 'png' : 'jpg', bytes: await file.bytes() };
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** Such as `caja-chica-2026-11-22`, to which an ending is added. */
export function fileName(report: Report, parameters: Fields, language: Language): string {
  const { from, to } = report.period(parameters);
  const title = plain(report.title[language]).replaceAll(/[^a-z0-9]+/g, '-');
  return from === to ? `${title}-${from}` : `${title}-${from}-${to}`;
}
