import { inArray } from 'drizzle-orm';
import * as v from 'valibot';
import type { Ctx } from '../../../context.ts';
import { columnsOf } from '../../../db/casing.ts';
import { InvalidField, type Text } from '../../../errors.ts';
import { reasons } from '../../../http/validation.ts';
import { plain } from '../../../search-text.ts';
import { assertBorn } from '../patients.ts';
import { namesakesOf, samePerson } from '../duplicates.ts';
import { patients } from '../tables.ts';
import { inputOf } from './cells.ts';
import { ImportedPatient } from './columns.ts';
import { identitiesOf, type Plan } from './plan.ts';
import type { Row } from './row.ts';

type Reasons = Record<string, string[]>;
type Input = v.InferOutput<typeof ImportedPatient>;

/** What becomes of a row: it is a patient, or there are reasons why not, by field. */
export type Verdict = { row: Row } & (
  | { patient: Input; reasons: null }
  | { patient: null; reasons: Reasons }
);

const IS_PATIENT: Text = {
  es: 'Ya hay un paciente con este documento.',
  en: 'There is a patient with this document.',
};
const IS_DELETED: Text = {
  es: 'Lo tiene un paciente eliminado, que un administrador puede restaurar.',
  en: 'A deleted patient has it, which an administrator can restore.',
};
const NAMESAKE: Text = {
  es: 'Ya hay un paciente con el mismo nombre y fecha de nacimiento. Si es otra persona, impórtelo con confirm_duplicate.',
  en: 'There is a patient with the same name and birth date. If this is somebody else, import with confirm_duplicate.',
};
const UNKNOWN_PLACE: Text = { es: 'No existe.', en: 'Does not exist.' };
const repeated = (row: number): Text => ({
  es: `Repite la fila ${row} de este archivo.`,
  en: `Repeats row ${row} of this file.`,
});

/** Judges rows as a registration would, with two queries for all of them. */
export async function judge(tx: Ctx, plan: Plan, rows: readonly Row[]): Promise<Verdict[]> {
  const verdicts = rows.map((row) => ofRow(tx, plan, row));
  const valid = verdicts.flatMap(({ patient }) => (patient ? [patient] : []));
  const documents = await holdersOf(tx, valid);
  const people = valid.map((patient) => columnsOf(patient));
  const namesakes = plan.confirmDuplicate ? [] : await namesakesOf(tx, people);
  return verdicts.map((verdict): Verdict => {
    const { row, patient } = verdict;
    if (!patient) return verdict;
    const holder = documents.get(plain(patient.document_number));
    if (holder) return refused(tx, row, 'document_number', holder.deletedAt ? IS_DELETED : IS_PATIENT);
    const person = columnsOf(patient);
    return namesakes.some((other) => samePerson(person, other))
      ? refused(tx, row, 'first_name', NAMESAKE)
      : verdict;
  });
}

const refused = (ctx: Ctx, row: Row, field: string, reason: Text): Verdict => ({
  row,
  patient: null,
  reasons: { [field]: [reason[ctx.language]] },
});

/** By what the row itself and the rest of the file say. */
function ofRow(ctx: Ctx, plan: Plan, row: Row): Verdict {
  const input = inputOf(row.cells, plan.fields);
  const checked = v.safeParse(ImportedPatient, input);
  if (!checked.success) {
    return { row, patient: null, reasons: reasons(ImportedPatient, input, 'row', ctx.language) };
  }
  const patient = withPlaces(checked.output);
  const [field, reason] = objection(ctx, plan, row, patient) ?? [];
  return field && reason ? refused(ctx, row, field, reason) : { row, patient, reasons: null };
}

/** A district's code begins with its province's and region's (INEI): 150101 is in 1501 is in 15. */
function withPlaces(patient: Input): Input {
  const { district_id: district } = patient;
  if (district === null) return patient;
  const province_id = patient.province_id ?? Math.floor(district / 100);
  return { ...patient, province_id, region_id: patient.region_id ?? Math.floor(district / 10_000) };
}

function objection(ctx: Ctx, plan: Plan, row: Row, patient: Input): [field: string, reason: Text] | null {
  try {
    assertBorn(ctx, patient.birth_date);
  } catch (error) {
    if (error instanceof InvalidField) return [error.field, error.reason];
    throw error;
  }
  for (const field of ['district_id', 'province_id', 'region_id'] as const) {
    const id = patient[field];
    if (id !== null && !plan.places[field].has(id)) return [field, UNKNOWN_PLACE];
  }
  const [document, namesake] = identitiesOf(inputOf(row.cells, plan.fields));
  const first = plan.firstRowOf.get(document) ?? row.number;
  if (first < row.number) return ['document_number', repeated(first)];
  const double = namesake === '' || plan.confirmDuplicate ? undefined : plan.firstRowOf.get(namesake);
  return double !== undefined && double < row.number ? ['first_name', repeated(double)] : null;
}

/** The patients, deleted ones too, who have the documents of these, by document. */
async function holdersOf(tx: Ctx, people: readonly Input[]) {
  if (people.length === 0) return new Map<string, { deletedAt: Temporal.Instant | null }>();
  const holders = await tx.db
    .select({ documentNumber: patients.documentNumber, deletedAt: patients.deletedAt })
    .from(patients)
    .where(
      inArray(
        patients.documentNumber,
        people.map((person) => person.document_number),
      ),
    );
  return new Map(holders.map(({ documentNumber, deletedAt }) => [plain(documentNumber), { deletedAt }]));
}
