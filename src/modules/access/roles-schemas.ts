import * as v from 'valibot';
import { Line, OrNull, pageOf, Paragraph, recordQuery } from '../../http/schemas.ts';
import { PermissionNames } from './schemas.ts';

export const NewRole = v.object({
  name: Line(50),
  description: OrNull(Paragraph(2_000)),
  permissions: v.optional(PermissionNames, []),
});

export const RoleChanges = v.partial(NewRole);

export const Role = v.object({
  id: v.number(),
  name: v.string(),
  label: v.string(),
  description: v.nullable(v.string()),
  is_built_in: v.boolean(),
  permissions: v.array(v.string()),
});

export const RolePage = pageOf(Role);

export const RoleQuery = recordQuery(['id', 'name'], {});
