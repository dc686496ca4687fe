import { and, eq, inArray, isNull, or, type SQL } from 'drizzle-orm';
import type * as v from 'valibot';
import { reaching } from '../../access/authenticate.ts';
import { visiblePatients } from '../../access/ownership.ts';
import type { Ctx } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { fullName } from '../../person.ts';
import { plain } from '../../search-text.ts';
import type { DuplicateQuery } from './schemas.ts';
import { patients } from './tables.ts';

/** By what two patients are taken for one. */
export type Person = {
  firstName: string;
  paternalLastName: string;
  maternalLastName?: string | null | undefined;
  birthDate?: string | null | undefined;
};

const brief = {
  id: patients.id,
  documentNumber: patients.documentNumber,
  firstName: patients.firstName,
  paternalLastName: patients.paternalLastName,
  maternalLastName: patients.maternalLastName,
  birthDate: patients.birthDate,
};
type Brief = Person & {
  id: number;
  documentNumber: string;
  maternalLastName: string | null;
  birthDate: string | null;
};

/** More are not shown: nobody has ten doubles. */
const SHOWN = 10;

const sameText = (a: string, b: string): boolean => plain(a.trim()) === plain(b.trim());

/** Same names and birth date, whatever accents or case; a maternal last name counts when both have one. */
export function samePerson(a: Person, b: Person): boolean {
  if (!a.birthDate || a.birthDate !== b.birthDate) return false;
  const [one, other] = [a.maternalLastName, b.maternalLastName];
  return (
    sameText(a.firstName, b.firstName) &&
    sameText(a.paternalLastName, b.paternalLastName) &&
    (!one || !other || sameText(one, other))
  );
}

/** The registered patients that may be one of these people by name and birth date, in one query. */
export async function namesakesOf(ctx: Ctx, people: readonly Person[], where?: SQL): Promise<Brief[]> {
  const born = people.flatMap(({ birthDate, paternalLastName }) =>
    birthDate
      ? [and(eq(patients.birthDate, birthDate), eq(patients.paternalLastName, paternalLastName))]
      : [],
  );
  if (born.length === 0) return [];
  const found = await ctx.db
    .select(brief)
    .from(patients)
    .where(and(isNull(patients.deletedAt), or(...born), where));
  return found.filter((row) => people.some((person) => samePerson(person, row)));
}

/** What the caller may see of other patients, whatever the route reaches for. */
const seen = (ctx: Ctx): SQL | undefined => visiblePatients(reaching(ctx, 'patients:read'), patients.id);

const shown = (row: Brief) => ({
  id: row.id,
  full_name: fullName(row),
  document_number: row.documentNumber,
  birth_date: row.birthDate,
});

const MESSAGE = {
  es: 'Ya hay un paciente con el mismo nombre y fecha de nacimiento. Si es otra persona, repita la solicitud con ?confirm_duplicate=true.',
  en: 'There is a patient with the same name and birth date. If this is somebody else, repeat the request with ?confirm_duplicate=true.',
};

/**
 * Refuses to register somebody twice. The answer lists those of the doubles that the caller may see. A double with the
 * very document is left to the unique index, which says so.
 * @throws AppError BUSINESS_RULE_VIOLATION `possible_duplicate` with `possible_duplicates`
 */
export async function assertNobodyLike(tx: Ctx, person: Person & { documentNumber: string }): Promise<void> {
  const all = await namesakesOf(tx, [person]);
  const isSame = all.some(({ documentNumber }) => sameText(documentNumber, person.documentNumber));
  if (all.length === 0 || isSame) return;
  const ids = all.map(({ id }) => id);
  const visible = await tx.db
    .select(brief)
    .from(patients)
    .where(and(inArray(patients.id, ids), seen(tx)))
    .limit(SHOWN);
  const violation = { rule: 'possible_duplicate', message: MESSAGE[tx.language] };
  throw new AppError('BUSINESS_RULE_VIOLATION', {
    ...violation,
    violations: [violation],
    possible_duplicates: visible.map(shown),
  });
}

/** The patients that the caller may see who have this document, or this name and birth date: to ask while typing. */
export async function findDuplicates(ctx: Ctx, query: v.InferOutput<typeof DuplicateQuery>) {
  const { document_number: document, birth_date: birthDate } = query;
  const { first_name: firstName, paternal_last_name: paternal, maternal_last_name: maternalLastName } = query;
  const mayBeSeen = seen(ctx);
  const holders = document
    ? await ctx.db
        .select(brief)
        .from(patients)
        .where(and(eq(patients.documentNumber, document), isNull(patients.deletedAt), mayBeSeen))
    : [];
  const person = firstName &&
    paternal && { firstName, paternalLastName: paternal, maternalLastName, birthDate };
  const namesakes = person ? await namesakesOf(ctx, [person], mayBeSeen) : [];
  const found = [
    ...holders.map((row) => ({ ...shown(row), matches: 'document_number' as const })),
    ...namesakes
      .filter(({ id }) => holders.every((holder) => holder.id !== id))
      .map((row) => ({ ...shown(row), matches: 'name_and_birth_date' as const })),
  ];
  return { results: found.slice(0, SHOWN) };
}
