import { eq } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, transaction } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { InvalidField } from '../../errors.ts';
import { companyView } from './view.ts';
import { forgetProfile } from './profile.ts';
import type { CompanyData } from './schemas.ts';
import { companies } from './tables.ts';

/** The one company that there is. */
export const COMPANY_ID = 1;

const records = resource({
  entity: 'company',
  table: companies,
  view: (ctx, rows) => rows.map((row) => companyView(ctx, row)),
  ordering: { id: companies.id },
  defaultOrdering: 'id',
});

/** The clinic's data; until somebody enters it, its name is the one in CLINIC_NAME. */
export async function getCompany(ctx: Ctx) {
  const [row] = await ctx.db.select().from(companies).where(eq(companies.id, COMPANY_ID));
  return companyView(ctx, row);
}

/**
 * Replaces the clinic's data; a time zone or currency that is left out stays.
 * @throws InvalidField for a time zone other than CLINIC_TIMEZONE, AppError PRECONDITION_FAILED
 */
export function replaceCompany(ctx: Ctx, input: v.InferOutput<typeof CompanyData>) {
  const { timezone, ...data } = input;
  if (timezone !== undefined) assertClinicZone(ctx, timezone);
  return changeCompany(ctx, () => columnsOf(data));
}

/** Changes the row, which is made when it is first needed. */
export async function changeCompany(
  ctx: Ctx,
  changes: (current: typeof companies.$inferSelect) => Partial<typeof companies.$inferInsert>,
) {
  const answer = await transaction(ctx, async (tx) => {
    const id = COMPANY_ID;
    await tx.db
      .insert(companies)
      .values({ id, name: tx.services.config.clinicName })
      .onDuplicateKeyUpdate({ set: { id } });
    return records.update(tx, id, (_, current) => changes(current));
  });
  forgetProfile(ctx);
  return answer;
}

/**
 * Every hour that the service computes is of CLINIC_TIMEZONE, which takes a restart to change: another value here
 * would be shown and not used.
 * @throws InvalidField against `timezone`
 */
function assertClinicZone(ctx: Ctx, timezone: string): void {
  const { timeZone } = ctx.services.config;
  try {
    const now = ctx.now.toZonedDateTimeISO(timeZone);
    if (now.equals(now.withTimeZone(timezone))) return;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidField('timezone', NO_ZONE);
  }
  throw new InvalidField('timezone', {
    es: `El servicio calcula con ${timeZone}; para otra zona, cambie CLINIC_TIMEZONE y reinícielo.`,
    en: `The service computes with ${timeZone}; for another zone, change CLINIC_TIMEZONE and restart it.`,
  });
}

const NO_ZONE = {
  es: 'No es una zona horaria IANA como America/Lima.',
  en: 'Is not an IANA time zone such as America/Lima.',
};
