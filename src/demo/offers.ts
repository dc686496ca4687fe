import { sql } from 'drizzle-orm';
import type { Ctx } from '../context.ts';
import { predeterminedPrices } from '../modules/billing/tables.ts';
import { specialties } from '../modules/therapists/tables.ts';

/** Something the clinic offers: a specialty, the type of its appointments, and their price. */
export type Offer = { name: string; description: string; price: string };

export const OFFERS: readonly [Offer, ...Offer[]] = [
  {
    name: 'Reflexología podal',
    description: 'Presión sobre las zonas reflejas de los pies',
    price: '60.00',
  },
  {
    name: 'Reflexología de manos',
    description: 'Presión sobre las zonas reflejas de las manos',
    price: '45.00',
  },
  { name: 'Masoterapia', description: 'Masaje terapéutico y descontracturante', price: '70.00' },
  {
    name: 'Drenaje linfático',
    description: 'Masaje suave que favorece la circulación linfática',
    price: '80.00',
  },
  { name: 'Terapia con ventosas', description: 'Succión con ventosas sobre la espalda', price: '65.00' },
  { name: 'Aromaterapia', description: 'Masaje con aceites esenciales', price: '55.00' },
];

const DEFAULT_PRICE = { name: 'Consulta general', price: '50.00', isDefault: true };

/** Makes the specialties that are missing, and a price list when there is none. Returns the specialties' ids by name. */
export async function ensureOffers(tx: Ctx): Promise<Map<string, number>> {
  await tx.db
    .insert(specialties)
    .values(OFFERS.map(({ name, description }) => ({ name, description })))
    .onDuplicateKeyUpdate({ set: { name: sql`${specialties.name}` } });
  if ((await tx.db.$count(predeterminedPrices)) === 0) {
    await tx.db
      .insert(predeterminedPrices)
      .values([DEFAULT_PRICE, ...OFFERS.map(({ name, price }) => ({ name, price, isDefault: false }))]);
  }
  const rows = await tx.db.select({ id: specialties.id, name: specialties.name }).from(specialties);
  return new Map(rows.map(({ id, name }) => [name, id]));
}
