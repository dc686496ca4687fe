import { and, inArray, isNull } from 'drizzle-orm';
import type { Ctx } from '../../context.ts';
import { formatInstant } from '../../time.ts';
import { patients } from '../patients/tables.ts';
import { therapists } from '../therapists/tables.ts';
import type { users } from './tables.ts';

export type UserRow = typeof users.$inferSelect;

/** Accounts as the contract has them, with the records they are linked to. */
export async function userViews(ctx: Ctx, rows: UserRow[]) {
  const { timeZone } = ctx.services.config;
  const [patientIds, therapistIds] = [await linked(ctx, patients, rows), await linked(ctx, therapists, rows)];
  return rows.map((row) => ({
    id: row.id,
    username: row.username,
    email: row.email,
    first_name: row.firstName,
    last_name: row.lastName,
    full_name: `${row.firstName} ${row.lastName}`,
    phone: row.phone,
    role: row.role,
    is_active: row.isActive,
    is_superuser: row.isSuperuser,
    last_login: row.lastLogin && formatInstant(row.lastLogin, timeZone),
    photo_url: row.photo && photoUrl(ctx, row.id, row.photo),
    patient_id: patientIds.get(row.id) ?? null,
    therapist_id: therapistIds.get(row.id) ?? null,
    created_at: formatInstant(row.createdAt, timeZone),
    updated_at: formatInstant(row.updatedAt, timeZone),
  }));
}

/** The ids of the accounts' records in a table, by account. */
async function linked(ctx: Ctx, table: typeof patients | typeof therapists, rows: UserRow[]) {
  if (rows.length === 0) return new Map<number | null, number>();
  const userIds = rows.map(({ id }) => id);
  const found = await ctx.db
    .select({ id: table.id, userId: table.userId })
    .from(table)
    .where(and(inArray(table.userId, userIds), isNull(table.deletedAt)));
  return new Map(found.map(({ id, userId }) => [userId, id]));
}

/** Another address for every picture, so that a browser may keep it. */
function photoUrl(ctx: Ctx, userId: number, key: string): string {
  const version = key.slice(key.lastIndexOf('/') + 1, key.lastIndexOf('.'));
  return new URL(`/api/users/${userId}/photo/?v=${version}`, ctx.url).href;
}
