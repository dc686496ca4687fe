import * as v from 'valibot';
import { Email, Line, OrNull, Phone, Upload } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const isWebsite = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

export const CompanyData = v.object({
  name: Line(150),
  legal_name: OrNull(Line(200)),
  /** RUC, NIT, CIF …: as the country writes it. */
  tax_id: OrNull(
    v.pipe(
      v.string(),
      v.trim(),
      v.regex(
        /^[A-Za-z0-9][A-Za-z0-9./-]{6,18}[A-Za-z0-9]$/,
        say({
          es: 'De 8 a 20 letras o dígitos, como un RUC de 11 dígitos.',
          en: '8 to 20 letters or digits, such as a RUC of 11 digits.',
        }),
      ),
    ),
  ),
  address: OrNull(Line(255)),
  phone: OrNull(Phone),
  email: OrNull(Email),
  website: OrNull(
    v.pipe(
      Line(255),
      v.check(
        isWebsite,
        say({
          es: 'Use una dirección como https://clinica.pe',
          en: 'Use an address such as https://clinic.pe',
        }),
      ),
    ),
  ),
  timezone: v.optional(Line(64)),
  currency: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (code) => CURRENCIES.has(code),
        say({ es: 'Use un código ISO 4217 como PEN.', en: 'Use an ISO 4217 code such as PEN.' }),
      ),
    ),
  ),
});

export const Company = v.object({
  name: v.string(),
  legal_name: v.nullable(v.string()),
  tax_id: v.nullable(v.string()),
  address: v.nullable(v.string()),
  phone: v.nullable(v.string()),
  email: v.nullable(v.string()),
  website: v.nullable(v.string()),
  timezone: v.string(),
  currency: v.string(),
  logo_url: v.nullable(v.string()),
});

export const Logo = v.object({ logo: Upload });
