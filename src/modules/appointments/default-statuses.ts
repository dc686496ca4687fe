import { type Ctx, transaction } from '../../context.ts';
import { audit } from '../../db/audit.ts';
import { STATUSES, type Status } from './status.ts';
import { appointmentStatuses } from './tables.ts';

const DEFAULTS: Record<Status, { label: string; color: string }> = {
  pending: { label: 'Pendiente', color: '#f59e0b' },
  confirmed: { label: 'Confirmada', color: '#3b82f6' },
  in_progress: { label: 'En curso', color: '#8b5cf6' },
  completed: { label: 'Completada', color: '#16a34a' },
  cancelled: { label: 'Cancelada', color: '#dc2626' },
  no_show: { label: 'No asistió', color: '#6b7280' },
};

/** Gives each state that the catalogue never had its label and colour; those the clinic changed or deleted stay. */
export async function ensureStatuses(ctx: Ctx): Promise<void> {
  await transaction(ctx, async (tx) => {
    const known = await tx.db.select({ name: appointmentStatuses.name }).from(appointmentStatuses);
    const missing = STATUSES.filter((status) => known.every(({ name }) => name !== status));
    for (const name of missing) {
      await tx.db
        .insert(appointmentStatuses)
        .values({ name, ...DEFAULTS[name] })
        .onDuplicateKeyUpdate({ set: { name } });
      await audit(tx, {
        action: 'create',
        entity: 'appointment_status',
        entityId: name,
        after: DEFAULTS[name],
      });
    }
  });
}
