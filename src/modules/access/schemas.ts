import * as v from 'valibot';
import { Form, Id, IdText, listQuery, pageOf } from '../../http/schemas.ts';

/** More than there are permissions, few enough to read. */
const MOST = 500;

export const Permission = v.object({
  id: v.number(),
  codename: v.string(),
  name: v.string(),
  module: v.string(),
});

export const PermissionPage = pageOf(Permission);

export const PermissionQuery = v.omit(
  listQuery(['codename'], { module: v.optional(v.pipe(v.string(), v.maxLength(50))) }),
  ['ordering'],
);

export const AssignPermissions = v.object({
  user_id: v.pipe(Id, v.title('Usuario')),
  permission_ids: v.pipe(v.array(Id), v.maxLength(MOST), v.title('Permisos')),
});

export const Assigned = v.object({ success_message: v.string(), permissions: v.array(Permission) });

export const AssignmentQuery = v.omit(listQuery(['username'], { user_id: v.optional(IdText) }), ['ordering']);

export const AssignmentForm = v.object({
  ...Form.entries,
  users: pageOf(
    v.object({
      id: v.number(),
      username: v.string(),
      full_name: v.string(),
      role: v.string(),
      is_active: v.boolean(),
      permission_ids: v.array(v.number()),
    }),
  ),
  permissions: v.array(Permission),
});

export const UserPermissions = v.object({
  user_id: v.number(),
  roles: v.array(v.string()),
  permissions: v.array(
    v.object({
      id: v.number(),
      codename: v.string(),
      name: v.string(),
      /** `superuser`, `direct` or `role:<name>`. */
      source: v.string(),
    }),
  ),
});

/** A permission's codename or id. */
export const PermissionName = v.union([v.pipe(v.string(), v.maxLength(101)), Id]);

export const PermissionNames = v.pipe(v.array(PermissionName), v.maxLength(MOST));
