import { inArray } from 'drizzle-orm';
import { type Ctx, type Role, ROLES, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import type { Text } from '../../errors.ts';
import { roles } from './tables.ts';

/** What people call the built-in roles (contract, "Access"). */
export const ROLE_LABELS: Record<Role, Text> = {
  patient: { es: 'Paciente', en: 'Patient' },
  therapist: { es: 'Terapeuta', en: 'Therapist' },
  administrator: { es: 'Administrador', en: 'Administrator' },
  supervisor: { es: 'Supervisor', en: 'Supervisor' },
  receptionist: { es: 'Recepcionista', en: 'Receptionist' },
};

const DESCRIPTIONS: Record<Role, string> = {
  patient: 'Gestiona sus propias citas y consulta su historial.',
  therapist: 'Atiende las citas que tiene asignadas y a sus pacientes.',
  administrator: 'Administra todo el sistema.',
  supervisor: 'Gestiona terapeutas y consulta reportes.',
  receptionist: 'Gestiona citas, pacientes y cobros.',
};

/** Whether the name is that of a built-in role. */
export const isBuiltIn = (name: string): name is Role => ROLES.some((role) => role === name);

/** Lists the built-in roles among the clinic's own; descriptions that the clinic changed stay. */
export async function ensureRoles(ctx: Ctx): Promise<void> {
  await transaction(ctx, async (tx) => {
    const known = await tx.db
      .select({ name: roles.name })
      .from(roles)
      .where(inArray(roles.name, [...ROLES]));
    const missing = ROLES.filter((role) => known.every(({ name }) => name !== role));
    for (const name of missing) {
      const values = { name, description: DESCRIPTIONS[name], isBuiltIn: true };
      await tx.db.insert(roles).values(values).onDuplicateKeyUpdate({ set: { name } });
      await audit(tx, { action: 'create', entity: 'role', entityId: name, after: values });
    }
  });
}
