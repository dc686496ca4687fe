import { and, eq, isNull } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import type { Language } from '../../errors.ts';
import { fullName } from '../../person.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import { users } from '../users/tables.ts';
import { oneLine } from './messages/content.ts';

/** Someone a notification goes to. */
export type Recipient = {
  /** Tells two recipients of one event apart. */
  key: string;
  userId: number | null;
  patientId: number | null;
  therapistId: number | null;
  name: string;
  email: string | null;
  phone: string | null;
  language: Language;
};

const account = { id: users.id, email: users.email, phone: users.phone, language: users.language };

/** A patient: the record's own address and number, else the account's; Spanish without an account. */
export async function patientRecipient(ctx: Ctx, id: number): Promise<Recipient> {
  const [row] = await ctx.db
    .select({ person: patients, account })
    .from(patients)
    .leftJoin(users, and(eq(users.id, patients.userId), isNull(users.deletedAt)))
    .where(eq(patients.id, id));
  if (!row) throw new Error('the patient to notify does not exist');
  const { person } = row;
  return {
    key: `patient-${id}`,
    patientId: id,
    therapistId: null,
    ...contact(person, row.account, [person.phone, person.phoneSecondary]),
  };
}

/** A therapist; see {@link patientRecipient}. */
export async function therapistRecipient(ctx: Ctx, id: number): Promise<Recipient> {
  const [row] = await ctx.db
    .select({ person: therapists, account })
    .from(therapists)
    .leftJoin(users, and(eq(users.id, therapists.userId), isNull(users.deletedAt)))
    .where(eq(therapists.id, id));
  if (!row) throw new Error('the therapist to notify does not exist');
  const { person } = row;
  return {
    key: `therapist-${id}`,
    patientId: null,
    therapistId: id,
    ...contact(person, row.account, [person.phone]),
  };
}

/** A person by their account alone. */
export async function userRecipient(ctx: Ctx, id: number): Promise<Recipient> {
  const [row] = await ctx.db
    .select({ ...account, firstName: users.firstName, lastName: users.lastName })
    .from(users)
    .where(eq(users.id, id));
  if (!row) throw new Error('the user to notify does not exist');
  const { email, phone, language } = row;
  const name = oneLine(`${row.firstName} ${row.lastName}`);
  return { key: `user-${id}`, userId: id, patientId: null, therapistId: null, name, email, phone, language };
}

type Account = { id: number; email: string; phone: string | null; language: Language } | null;

function contact(
  person: Parameters<typeof fullName>[0] & { email: string | null },
  account: Account,
  phones: readonly (string | null)[],
): Pick<Recipient, 'userId' | 'name' | 'email' | 'phone' | 'language'> {
  return {
    userId: account?.id ?? null,
    name: oneLine(fullName(person)),
    email: [person.email, account?.email].find(Boolean) ?? null,
    phone: [...phones, account?.phone].find(Boolean) ?? null,
    language: account?.language ?? 'es',
  };
}
