import { eq } from 'drizzle-orm';
import type { Ctx, Role } from '../context.ts';
import { patients } from '../modules/patients/tables.ts';
import { therapists } from '../modules/therapists/tables.ts';
import { users } from '../modules/users/tables.ts';
import { bulkInsert } from '../db/bulk-insert.ts';
import type { Name } from './names.ts';
import type { DemoPatient, DemoTherapist } from './people.ts';

/** The password of every demo account; made on the embedded default only (contract, "Demo data"). */
export const DEMO_PASSWORD = 'Demo1234!';

const STAFF: { username: string; role: Role; firstName: string }[] = [
  { username: 'admin', role: 'administrator', firstName: 'Administrador' },
  { username: 'supervisor', role: 'supervisor', firstName: 'Supervisor' },
  { username: 'recepcion', role: 'receptionist', firstName: 'Recepción' },
];

/** The address of a demo account: `.example` belongs to nobody (RFC 2606). */
const emailOf = (username: string) => `${username}@demo.example`;

const lastNames = ({ paternalLastName, maternalLastName }: Name) => `${paternalLastName} ${maternalLastName}`;

/** One account per built-in role; the therapist's and the patient's are linked to their records. Returns the receptionist's id. */
export async function makeAccounts(
  tx: Ctx,
  passwordHash: string,
  linked: { therapist: DemoTherapist; patient: DemoPatient },
): Promise<number> {
  const account = (username: string, role: Role, names: { firstName: string; lastName: string }) => ({
    username,
    email: emailOf(username),
    passwordHash,
    ...names,
    role,
    isSuperuser: role === 'administrator',
  });
  const { therapist, patient } = linked;
  const ids = await bulkInsert(tx.db, users, [
    ...STAFF.map(({ username, role, firstName }) =>
      account(username, role, { firstName, lastName: 'de demostración' }),
    ),
    account('terapeuta', 'therapist', {
      firstName: therapist.name.firstName,
      lastName: lastNames(therapist.name),
    }),
    account('paciente', 'patient', { firstName: patient.name.firstName, lastName: lastNames(patient.name) }),
  ]);
  const [, , receptionistId = 0, therapistUser = 0, patientUser = 0] = ids;
  await tx.db
    .update(therapists)
    .set({ userId: therapistUser, email: emailOf('terapeuta') })
    .where(eq(therapists.id, therapist.id));
  await tx.db
    .update(patients)
    .set({ userId: patientUser, email: emailOf('paciente') })
    .where(eq(patients.id, patient.id));
  return receptionistId;
}
