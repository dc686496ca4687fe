import { eq } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { remembered } from '../../db/remembered.ts';
import { openImage, type StoredImage } from '../../files/image.ts';
import { companies } from './tables.ts';
import type { CompanyProfile } from './view.ts';

const row = remembered(5_000, async (ctx): Promise<CompanyProfile> => {
  const [company] = await ctx.db.select().from(companies).where(eq(companies.id, 1));
  const { clinicName: name } = ctx.services.config;
  return company ?? { ...NOTHING, name };
});

const NOTHING = {
  legalName: null,
  taxId: null,
  address: null,
  phone: null,
  email: null,
  website: null,
  currency: 'PEN',
  logo: null,
};

/** The clinic's data, at most five seconds old; its name is CLINIC_NAME until somebody enters another. */
export const companyProfile = (ctx: Ctx): Promise<CompanyProfile> => row.get(ctx);

/** The name that the clinic goes by. */
export const clinicName = async (ctx: Ctx): Promise<string> => (await companyProfile(ctx)).name;

/** To be called after the commit of a change. */
export const forgetProfile = (ctx: Ctx): void => row.forget(ctx);

/** The clinic's logo, a JPG or PNG. @throws AppError NOT_FOUND when there is none */
export const companyLogo = async (ctx: Ctx): Promise<StoredImage> =>
  openImage(ctx, (await companyProfile(ctx)).logo);
