import type * as v from 'valibot';
import { assertGoodPassword } from '../../access/password-rules.ts';
import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { indexTexts } from '../../db/search-index.ts';
import { holdTo } from '../../http/rate-limit.ts';
import { searchTextOf } from '../../search-text.ts';
import { assertBorn } from '../patients/patients.ts';
import { patientSearch } from '../patients/patient-search.ts';
import { patients } from '../patients/tables.ts';
import { patientsChanged } from '../reports/statistics/changed.ts';
import { users } from '../users/tables.ts';
import type { Register } from './schemas.ts';
import { userInfo } from './user-info.ts';

/** Registrations from one address within an hour before it must wait. */
const PER_HOUR = 100;

/**
 * Makes a patient's account and record.
 * @throws InvalidField for a weak password or a birth date after today, FieldConflict when the username, e-mail or document is taken,
 * AppError RATE_LIMITED
 */
export async function register(ctx: Ctx, input: v.InferOutput<typeof Register>) {
  const { counters, passwords } = ctx.services;
  await assertGoodPassword(input.password, input.username);
  assertBorn(ctx, input.birth_date);
  holdTo(ctx, PER_HOUR, await counters.add(`register:ip:${ctx.ip}`, 3_600));

  const passwordHash = await passwords.hash(input.password);
  return transaction(ctx, async (tx) => {
    const [account] = await tx.db
      .insert(users)
      .values({
        username: input.username,
        email: input.email,
        passwordHash,
        firstName: input.first_name,
        lastName: input.last_name,
        phone: input.phone ?? null,
        role: 'patient',
        language: tx.language,
      })
      .$returningId();
    if (!account) throw new Error('the account was not inserted');
    const person = {
      userId: account.id,
      documentType: 'DNI',
      documentNumber: input.document_number,
      firstName: input.first_name,
      ...lastNames(input.last_name),
      birthDate: input.birth_date ?? null,
      phone: input.phone ?? null,
      email: input.email,
    };
    const searchText = searchTextOf(person);
    const [{ insertId: patientId }] = await tx.db.insert(patients).values({ ...person, searchText });
    await indexTexts(tx, patientSearch, [{ id: patientId, before: '', after: searchText }]);
    patientsChanged(tx);
    await audit(tx, {
      action: 'register',
      entity: 'user',
      entityId: account.id,
      after: { username: input.username },
    });
    const message = {
      es: 'Cuenta creada. Ya puede iniciar sesión.',
      en: 'Account created. You can log in now.',
    };
    return { user_info: await userInfo(tx, account.id), success_message: message[tx.language] };
  });
}

/** Peruvian records keep two last names: the first word is the father's, the rest the mother's. */
function lastNames(text: string) {
  const [paternal = text, ...maternal] = text.split(/\s+/);
  return { paternalLastName: paternal, maternalLastName: maternal.join(' ') || null };
}
