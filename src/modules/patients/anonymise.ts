import { and, count, eq, inArray, like } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { idempotencyKeys } from '../../db/idempotency.ts';
import { containing } from '../../db/page.ts';
import { indexTexts } from '../../db/search-index.ts';
import { InvalidField, notFound, RuleViolation } from '../../errors.ts';
import { fullName } from '../../person.ts';
import { searchTextOf } from '../../search-text.ts';
import { success } from '../../success.ts';
import { assertNothingUpcoming } from '../appointments/upcoming.ts';
import { appointments } from '../appointments/tables.ts';
import { eraseAuditDetails } from '../audit/erase.ts';
import { OTHER_DOCUMENT } from '../billing/default-types.ts';
import { tickets } from '../billing/tables.ts';
import { patientSearch } from './patient-search.ts';
import type { Erased, Subject } from './personal-data.ts';
import { PERSONAL_DATA } from './personal-data-of-domains.ts';
import { patientImportErrors, patients } from './tables.ts';

const WORD = 'ANONIMIZAR';
const DONE = {
  es: 'Los datos personales fueron eliminados.',
  en: 'The personal data was erased.',
};
const NOT_CONFIRMED = {
  es: `Escriba el número de documento del paciente o la palabra ${WORD}.`,
  en: `Write the patient's document number or the word ${WORD}.`,
};

/**
 * Erases who a patient is, for good (Ley 29733, art. 20: right of suppression). Appointments, tickets and payments stay,
 * without a person, and the chain of the audit log stays whole. A second time it changes nothing.
 * @throws InvalidField without the confirmation, RuleViolation `has_upcoming_appointments` or `has_pending_tickets`,
 * AppError NOT_FOUND
 */
export async function anonymisePatient(ctx: Ctx, id: number, input: { confirm: string; reason: string }) {
  const erased = await transaction(ctx, async (tx): Promise<Erased[]> => {
    const thisPatient = eq(patients.id, id);
    const [row] = await tx.db.select().from(patients).where(thisPatient).for('update');
    if (!row) throw notFound();
    if (![WORD, row.documentNumber].includes(input.confirm)) throw new InvalidField('confirm', NOT_CONFIRMED);
    if (row.anonymisedAt) return [];
    await assertNothingUpcoming(tx, { patientId: id });
    await assertNothingOwed(tx, id);

    const { userId, documentNumber } = row;
    const subject = { patientId: id, userId, fullName: fullName(row), documentNumber };
    const done: Erased[] = [];
    for (const domain of PERSONAL_DATA) done.push(await domain.erase(tx, subject));
    const after = nobody(tx, id);
    await tx.db.update(patients).set(after).where(thisPatient);
    await indexTexts(tx, patientSearch, [{ id, before: row.searchText, after: after.searchText }]);
    await forgetCopies(tx, subject);
    const audited = [{ entity: 'patient', ids: [id] }, ...done.flatMap(({ audited = [] }) => audited)];
    for (const { entity, ids } of audited) await eraseAuditDetails(tx, { entity, entityIds: ids });
    await audit(tx, {
      action: 'anonymise',
      entity: 'anonymisation',
      entityId: id,
      after: { reason: input.reason },
    });
    return done;
  });
  await ctx.services.sessions.changed(erased.flatMap(({ sessions = [] }) => sessions));
  for (const key of erased.flatMap(({ files = [] }) => files)) await ctx.services.files.remove(key);
  return success(ctx, DONE);
}

/** The record of a patient who is nobody: deleted, so that no list shows it. */
function nobody(tx: Ctx, id: number) {
  const names = { firstName: 'Paciente', paternalLastName: 'Anónimo', maternalLastName: null };
  const identity = { ...names, documentType: OTHER_DOCUMENT, documentNumber: `ANON-${id}`, phone: null };
  return {
    ...identity,
    searchText: searchTextOf(identity),
    userId: null,
    birthDate: null,
    sex: null,
    phoneSecondary: null,
    email: null,
    occupation: null,
    healthCondition: null,
    allergies: null,
    bloodType: null,
    emergencyContact: null,
    emergencyPhone: null,
    address: null,
    regionId: null,
    provinceId: null,
    districtId: null,
    anonymisedAt: tx.now,
    deletedAt: tx.now,
    updatedAt: tx.now,
  };
}

async function assertNothingOwed(tx: Ctx, patientId: number): Promise<void> {
  const [row] = await tx.db
    .select({ pending: count() })
    .from(tickets)
    .innerJoin(appointments, eq(appointments.id, tickets.appointmentId))
    .where(and(eq(appointments.patientId, patientId), eq(tickets.status, 'pending')));
  const pending = row?.pending ?? 0;
  if (pending === 0) return;
  const message = {
    es: `Tiene ${pending} ${pending === 1 ? 'ticket pendiente' : 'tickets pendientes'} de pago. Cóbrelos o cancélelos primero.`,
    en: `There ${pending === 1 ? 'is 1 ticket' : `are ${pending} tickets`} to be paid. Settle or cancel them first.`,
  };
  throw new RuleViolation([{ rule: 'has_pending_tickets', message }]);
}

/** Copies that would go by themselves: stored answers within a day, refused rows of imports within a month. */
async function forgetCopies(tx: Ctx, { documentNumber }: Subject): Promise<void> {
  const named = containing(documentNumber);
  // Found first, then deleted by key: a DELETE that scans would lock what others are about to write.
  for (const [table, text] of [
    [idempotencyKeys, idempotencyKeys.answer],
    [patientImportErrors, patientImportErrors.cells],
  ] as const) {
    const rows = await tx.db.select({ id: table.id }).from(table).where(like(text, named));
    const ids = rows.map((found) => found.id);
    if (ids.length > 0) await tx.db.delete(table).where(inArray(table.id, ids));
  }
}
