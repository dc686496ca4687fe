import { eq } from 'drizzle-orm';
import type { Ctx } from '../context.ts';
import { indexTexts } from '../db/search-index.ts';
import { searchTextOf } from '../search-text.ts';
import { districts } from '../modules/geo/tables.ts';
import { patientSearch } from '../modules/patients/patient-search.ts';
import { patients } from '../modules/patients/tables.ts';
import { scheduleBlocks, therapists, therapistSpecialties } from '../modules/therapists/tables.ts';
import type { Block } from '../modules/therapists/working-hours.ts';
import { bulkInsert } from '../db/bulk-insert.ts';
import { type Name, randomName } from './names.ts';
import { ensureOffers, type Offer, OFFERS } from './offers.ts';
import type { Random } from './random.ts';
import { SCHEDULES } from './schedules.ts';

/** A therapist to book with. The room is nobody else's. */
export type DemoTherapist = {
  id: number;
  name: Name;
  room: string;
  schedule: Block[];
  offers: [Offer, ...Offer[]];
};

/** A patient to book for, from the moment the clinic has known them (epoch ms). */
export type DemoPatient = { id: number; name: Name; since: number };

/** How a set of people is told from the others: their documents, licences, e-mails and rooms. */
export type Mark = {
  document: (n: number) => string;
  documentType: string;
  licence: (n: number) => string;
  /** Null: these people get no mail. */
  email: (who: 'terapeuta' | 'paciente', n: number) => string | null;
  room: (n: number) => string;
};

const MARK_TEXT = 'Dato de demostración';
const BLOOD = ['O+', 'O+', 'O+', 'A+', 'B+', 'O-'] as const;
const CONDITIONS = ['Lumbalgia', 'Estrés', 'Cervicalgia', 'Insomnio', 'Retención de líquidos'] as const;
const DAY = 86_400_000;

/** No telephone in Peru has a number of zeros: nobody can be called or texted by mistake. */
const phone = (n: number) => `+51 000 ${String(n).padStart(6, '0')}`;

/** Makes `count` therapists with schedules and specialties, numbered from `first`. */
export async function makeTherapists(
  tx: Ctx,
  { count, first, mark, random }: { count: number; first: number; mark: Mark; random: Random },
): Promise<DemoTherapist[]> {
  const specialtyIds = await ensureOffers(tx);
  const people = Array.from({ length: count }, (_, index) => ({
    n: first + index,
    name: randomName(random),
  }));
  const rows = people.map(({ n, name: { sex: _sex, ...names } }) => {
    const person = { ...names, documentNumber: mark.document(n), phone: phone(n) };
    return {
      ...person,
      documentType: mark.documentType,
      licenseNumber: mark.licence(n),
      experienceYears: 1 + random.below(25),
      email: mark.email('terapeuta', n),
      searchText: searchTextOf(person),
    };
  });
  const ids = await bulkInsert(tx.db, therapists, rows);
  const made = people.map(({ n, name }, index): DemoTherapist => {
    const [schedule = SCHEDULES[0]] = SCHEDULES.slice(index % SCHEDULES.length);
    const own = OFFERS[index % OFFERS.length] ?? OFFERS[0];
    const other = random.pick(OFFERS);
    return {
      id: ids[index] ?? 0,
      name,
      room: mark.room(n),
      schedule,
      offers: own === other ? [own] : [own, other],
    };
  });
  await bulkInsert(
    tx.db,
    scheduleBlocks,
    made.flatMap(({ id, schedule }) => schedule.map((block) => ({ therapistId: id, ...block }))),
  );
  await bulkInsert(
    tx.db,
    therapistSpecialties,
    made.flatMap(({ id, offers }) =>
      offers.map(({ name }) => ({ therapistId: id, specialtyId: specialtyIds.get(name) ?? 0 })),
    ),
  );
  return made;
}

/**
 * Makes `count` patients numbered from `first`, the longest known first: most of them since before `from`, the others
 * one after the other until now.
 */
export async function makePatients(
  tx: Ctx,
  {
    count,
    first,
    from,
    mark,
    random,
  }: { count: number; first: number; from: number; mark: Mark; random: Random },
): Promise<DemoPatient[]> {
  const homes = await tx.db
    .select({ districtId: districts.id, provinceId: districts.provinceId, regionId: districts.regionId })
    .from(districts)
    .where(eq(districts.provinceId, LIMA));
  const nowhere = { districtId: null, provinceId: null, regionId: null };
  const now = tx.now.epochMilliseconds;
  const early = Math.ceil(count * 0.65);
  const people = Array.from({ length: count }, (_, index): DemoPatient => {
    const share = (index - early) / Math.max(1, count - early);
    const since = index < early ? from - DAY * (60 - 40 * (index / early)) : from + (now - from) * share;
    return { id: 0, name: randomName(random), since: Math.floor(since) };
  });
  const rows = people.map(({ name, since }, index) => {
    const n = first + index;
    const person = { ...name, documentNumber: mark.document(n), phone: phone(n) };
    const createdAt = Temporal.Instant.fromEpochMilliseconds(since);
    return {
      ...person,
      documentType: mark.documentType,
      birthDate: `${1940 + random.below(68)}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`,
      email: mark.email('paciente', n),
      occupation: MARK_TEXT,
      healthCondition: random.chance(0.3) ? random.pick(CONDITIONS) : null,
      bloodType: random.pick(BLOOD),
      ...(homes[random.below(Math.max(1, homes.length))] ?? nowhere),
      searchText: searchTextOf(person),
      createdAt,
      updatedAt: createdAt,
    };
  });
  const ids = await bulkInsert(tx.db, patients, rows);
  await indexTexts(
    tx,
    patientSearch,
    rows.map(({ searchText }, index) => ({ id: ids[index] ?? 0, before: '', after: searchText })),
  );
  return people.map((person, index) => ({ ...person, id: ids[index] ?? 0 }));
}

/** The province of Lima in INEI's numbering. */
const LIMA = 1501;

const two = (value: number) => String(value).padStart(2, '0');
