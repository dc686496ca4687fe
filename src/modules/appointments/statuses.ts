import { and, eq, isNotNull } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, transaction } from '../../context.ts';
import { columnsOf } from '../../db/casing.ts';
import { resource } from '../../db/resource.ts';
import { containsWords } from '../../db/search.ts';
import { InvalidField } from '../../errors.ts';
import type { Status } from './status.ts';
import { statusLabels } from './status-labels.ts';
import type { NewStatusEntry, StatusEntryChanges, StatusEntryQuery } from './statuses-schemas.ts';
import { appointmentStatuses as table } from './tables.ts';

const statusView = (row: typeof table.$inferSelect) => ({
  id: row.id,
  name: row.name as Status,
  label: row.label,
  description: row.description,
  color: row.color,
  is_active: row.isActive,
});

const records = resource({
  entity: 'appointment_status',
  table,
  view: (_, rows) => rows.map(statusView),
  ordering: { id: table.id, name: table.name, label: table.label },
  defaultOrdering: 'id',
  restore: 'statuses:restore',
  committed: async (ctx) => statusLabels.forget(ctx),
});

/** `removeStatusEntry` takes a state out of the catalogue only: appointments in it keep the label. */
export const { get: getStatusEntry, remove: removeStatusEntry, restore: restoreStatusEntry } = records;

export const listStatuses = (ctx: Ctx, query: v.InferOutput<typeof StatusEntryQuery>) =>
  records.list(
    ctx,
    query,
    and(
      query.is_active === undefined ? undefined : eq(table.isActive, query.is_active),
      containsWords(table.label, query.search),
    ),
  );

/** Adds a state to the catalogue; there are six, so it is one that was deleted, and comes back as the input says. */
export const createStatusEntry = (ctx: Ctx, input: v.InferOutput<typeof NewStatusEntry>) =>
  transaction(ctx, async (tx) => {
    const [deleted] = await tx.db
      .select({ id: table.id })
      .from(table)
      .where(and(eq(table.name, input.name), isNotNull(table.deletedAt)));
    if (!deleted) return records.create(tx, () => columnsOf(input));
    await records.restore(tx, deleted.id);
    return records.update(tx, deleted.id, () => columnsOf(input));
  });

/** @throws InvalidField when the state would become another one: its appointments would get the wrong label */
export const changeStatusEntry = (ctx: Ctx, id: number, input: v.InferOutput<typeof StatusEntryChanges>) =>
  records.update(ctx, id, (_, current) => {
    if (input.name !== undefined && input.name !== current.name) throw new InvalidField('name', SAME_STATE);
    return columnsOf(input);
  });

const SAME_STATE = {
  es: 'El estado no se puede convertir en otro.',
  en: 'The state cannot be turned into another one.',
};
