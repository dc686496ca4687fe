import { and, asc, eq, isNull, or } from 'drizzle-orm';
import type * as v from 'valibot';
import { permissionId } from '../../access/permission-id.ts';
import type { Ctx } from '../../context.ts';
import { countRows, page } from '../../db/page.ts';
import { containsWords } from '../../db/search.ts';
import { formOf } from '../../http/form.ts';
import { words } from '../../search-text.ts';
import { titleOf } from '../forms/titles.ts';
import { users } from '../users/tables.ts';
import { isGrantable, permissionView } from './catalogue.ts';
import { AssignPermissions, type AssignmentQuery } from './schemas.ts';

const SUBMIT = { method: 'POST', path: '/api/permissions/assign/' };

type Query = v.InferOutput<typeof AssignmentQuery>;

/** The form of `assignPermissions`: a page of people with what each is granted now, and all that can be granted. */
export async function assignmentForm(ctx: Ctx, query: Query) {
  return {
    ...formOf(titleOf('permissions-assign'), SUBMIT, AssignPermissions, ctx.language),
    users: await people(ctx, query),
    permissions: ctx.services.access.permissions
      .filter(isGrantable)
      .map((permission) => permissionView(ctx, permission)),
  };
}

function people(ctx: Ctx, query: Query) {
  const where = and(
    isNull(users.deletedAt),
    query.user_id === undefined ? undefined : eq(users.id, query.user_id),
    ...words(query.search).map((word) =>
      or(
        ...[users.username, users.firstName, users.lastName, users.email].map((name) =>
          containsWords(name, word),
        ),
      ),
    ),
  );
  return page(ctx, query, {
    name: 'assignable_user',
    count: (atMost) =>
      countRows(ctx, ctx.db.select({ id: users.id }).from(users).where(where).$dynamic() as never, atMost),
    results: async (limit, offset) => {
      const rows = await ctx.db
        .select()
        .from(users)
        .where(where)
        .orderBy(asc(users.username))
        .limit(limit)
        .offset(offset);
      return rows.map((row) => ({
        id: row.id,
        username: row.username,
        full_name: `${row.firstName} ${row.lastName}`,
        role: row.role,
        is_active: row.isActive,
        permission_ids: (row.grants ?? []).map(permissionId),
      }));
    },
  });
}
