import { type Ctx, transaction } from '../../src/context.ts';
import { indexTexts } from '../../src/db/search-index.ts';
import { bulkInsert } from '../../src/db/bulk-insert.ts';
import { randomName } from '../../src/demo/names.ts';
import { type Random, randomOf } from '../../src/demo/random.ts';
import { patientSearch } from '../../src/modules/patients/patient-search.ts';
import { patients } from '../../src/modules/patients/tables.ts';
import { searchTextOf } from '../../src/search-text.ts';

const BATCH = 20_000;

const STARTS = [
  'Al',
  'Bar',
  'Ca',
  'Cha',
  'Di',
  'Es',
  'Fa',
  'Gal',
  'Hua',
  'Il',
  'Lla',
  'Mar',
  'Men',
  'Ño',
  'Or',
  'Pal',
  'Qui',
  'Ro',
  'Sal',
  'Ti',
  'Ur',
  'Val',
  'Ya',
  'Zu',
] as const;
const MIDDLES = [
  'ba',
  'ca',
  'ce',
  'cu',
  'da',
  'de',
  'ga',
  'gue',
  'la',
  'li',
  'lla',
  'ma',
  'me',
  'na',
  'ni',
  'ña',
  'pa',
  'qui',
  'ra',
  'ri',
  'rra',
  'sa',
  'ta',
  'te',
  'to',
  'va',
  've',
  'yo',
] as const;
const ENDS = [
  'da',
  'do',
  'ez',
  'ga',
  'les',
  'llo',
  'ma',
  'na',
  'ni',
  'ño',
  'ra',
  'ro',
  'sa',
  'tes',
  'to',
  'va',
  'yo',
  'zar',
  'ca',
  'co',
  'que',
  'rez',
  'chi',
  'nco',
] as const;

/** Three in ten last names are from the long tail of a country's names: some ten thousand different ones. */
function rareLastName(random: Random): string {
  const middle = random.chance(0.1) ? random.pick(MIDDLES) : '';
  return `${random.pick(STARTS)}${random.pick(MIDDLES)}${middle}${random.pick(ENDS)}`;
}

/** Registers `count` people with the documents and telephones of a country, as the service would, in batches. */
export async function registerPeople(
  ctx: Ctx,
  count: number,
  onProgress: (done: number) => void,
): Promise<void> {
  const random = randomOf(7);
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => {
      const n = from + index;
      const { sex, ...name } = randomName(random);
      const person = {
        ...name,
        paternalLastName: random.chance(0.3) ? rareLastName(random) : name.paternalLastName,
        maternalLastName: random.chance(0.3) ? rareLastName(random) : name.maternalLastName,
        // As many different ones as people, in no order.
        documentNumber: String(10_000_000 + ((n * 7_919_317) % 70_000_001)),
        phone: `+51 9${String(random.below(100_000_000)).padStart(8, '0')}`,
      };
      return { ...person, sex, documentType: 'DNI', searchText: searchTextOf(person) };
    });
    await transaction(ctx, async (tx) => {
      const ids = await bulkInsert(tx.db, patients, rows);
      await indexTexts(
        tx,
        patientSearch,
        rows.map(({ searchText }, index) => ({ id: ids[index] ?? 0, before: '', after: searchText })),
      );
    });
    onProgress(from + rows.length);
  }
}
