import packagedDistricts from 'ubigeo/dist/districts.json';
import packagedRegions from 'ubigeo/dist/regions.json';
import { plain } from '../../search-text.ts';
import { NEWER_DISTRICTS, RENAMED, SPELLINGS } from './peru-names.ts';
import type { districts, provinces, regions } from './tables.ts';

const PERU = 604;

const spelled = new Map(SPELLINGS.map((name) => [plain(name), name]));

const named = (packaged: string) => {
  const name = RENAMED[packaged] ?? spelled.get(plain(packaged)) ?? packaged;
  return { name, searchName: plain(name) };
};

const code = (digits: string): number => Number.parseInt(digits, 10);

type Row<Table extends { $inferInsert: object }> = Table['$inferInsert'];

/** `15 Lima` */
export const peruvianRegions: Row<typeof regions>[] = packagedRegions.map(({ region }) => ({
  id: code(region),
  ...named(region.slice(3)),
  countryId: PERU,
}));

/** `01` of `15 Lima` */
export const peruvianProvinces: Row<typeof provinces>[] = packagedRegions.flatMap(({ region, provincies }) =>
  provincies.map((province) => ({
    id: code(region.slice(0, 2) + province.code),
    ...named(province.provincie),
    regionId: code(region),
  })),
);

/** Every district's six digits and its name. */
const namesOfDistricts: [digits: string, name: string][] = packagedDistricts.flatMap(
  ({ provincie, districts }) => {
    const [region = '', province = ''] = provincie.split(' - ').map((part) => part.slice(0, 2));
    return districts.map((district): [string, string] => [region + province + district.code, district.name]);
  },
);

export const peruvianDistricts: Row<typeof districts>[] = [
  ...namesOfDistricts,
  ...Object.entries(NEWER_DISTRICTS),
].map(([digits, name]) => ({
  id: code(digits),
  ...named(name),
  provinceId: code(digits.slice(0, 4)),
  regionId: code(digits.slice(0, 2)),
}));
