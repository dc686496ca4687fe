import type { Ctx } from '../../context.ts';
import type { companies } from './tables.ts';

/** What letterheads, mails and public pages say of the clinic. */
export type CompanyProfile = Omit<typeof companies.$inferSelect, 'id' | 'createdAt' | 'updatedAt'>;

/** The clinic's data as the contract has it. */
export const companyView = (ctx: Ctx, row: CompanyProfile | undefined) => ({
  name: row?.name ?? ctx.services.config.clinicName,
  legal_name: row?.legalName ?? null,
  tax_id: row?.taxId ?? null,
  address: row?.address ?? null,
  phone: row?.phone ?? null,
  email: row?.email ?? null,
  website: row?.website ?? null,
  timezone: ctx.services.config.timeZone,
  currency: row?.currency ?? 'PEN',
  logo_url: row?.logo ? logoUrl(ctx, row.logo) : null,
});

/** Another address for every picture, so that a browser may keep it. */
function logoUrl(ctx: Ctx, key: string): string {
  const version = key.slice(key.lastIndexOf('/') + 1, key.lastIndexOf('.'));
  return new URL(`/api/company/logo/?v=${version}`, ctx.url).href;
}
