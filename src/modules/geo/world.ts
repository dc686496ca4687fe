import { countries as facts, type TCountryCode } from 'countries-list';
import codes from 'i18n-iso-countries/codes.json';
import spanish from 'i18n-iso-countries/langs/es.json';
import { plain } from '../../search-text.ts';
import type { countries } from './tables.ts';

/** Kosovo has a code that its users chose, not one of ISO 3166-1. */
const UNOFFICIAL = 'XK';

const names: Record<string, string | string[]> = spanish.countries;

/** ISO 3166-1, named in Spanish. Of several prefixes (the Dominican Republic has three) the first is kept. */
export const worldCountries: (typeof countries.$inferInsert)[] = codes
  .map(([alpha2 = '', alpha3 = '', numeric = '']) => ({ alpha2, alpha3, numeric }))
  .filter(({ alpha2 }) => alpha2 !== UNOFFICIAL)
  .map(({ alpha2, alpha3, numeric }) => {
    const name = [names[alpha2] ?? alpha2].flat()[0] ?? alpha2;
    const [prefix] = facts[alpha2 as TCountryCode].phone;
    return {
      id: Number(numeric),
      name,
      isoAlpha2: alpha2,
      isoAlpha3: alpha3,
      phonePrefix: `+${prefix}`,
      searchName: plain(name),
    };
  });
