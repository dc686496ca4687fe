import { and, eq, isNotNull } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, transaction } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { catalogue } from '../../db/catalogue.ts';
import { InvalidField } from '../../errors.ts';
import type { ChangesOf } from '../../http/schemas.ts';
import { statusLabels } from './status-labels.ts';
import type { NewStatusEntry } from './statuses-schemas.ts';
import { appointmentStatuses as table } from './tables.ts';

const records = catalogue({
  entity: 'appointment_status',
  table,
  fields: ['id', 'name', 'label', 'description', 'color', 'is_active'],
  ordering: ['id', 'name', 'label'],
  search: 'label',
  filters: ['is_active'],
  restore: 'statuses:restore',
  committed: async (ctx) => statusLabels.forget(ctx),
});

/** How each state is shown. One that is removed leaves the catalogue only: appointments in it keep the label. */
export const statusRecords = {
  ...records,

  /** Adds a state to the catalogue; there are six, so it is one that was deleted, and comes back as the input says. */
  create: (ctx: Ctx, input: v.InferOutput<typeof NewStatusEntry>) =>
    transaction(ctx, async (tx) => {
      const [deleted] = await tx.db
        .select({ id: table.id })
        .from(table)
        .where(and(eq(table.name, input.name), isNotNull(table.deletedAt)));
      if (!deleted) return records.create(tx, input);
      await records.restore(tx, deleted.id);
      return records.change(tx, deleted.id, input);
    }),

  /** @throws InvalidField when the state would become another one: its appointments would get the wrong label */
  change: (ctx: Ctx, id: number, input: ChangesOf<typeof NewStatusEntry>) =>
    records.update(ctx, id, (_, current) => {
      if (input.name !== undefined && input.name !== current.name) throw new InvalidField('name', SAME_STATE);
      return columnsOf(input);
    }),
};

const SAME_STATE = {
  es: 'El estado no se puede convertir en otro.',
  en: 'The state cannot be turned into another one.',
};
