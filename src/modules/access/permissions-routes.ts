import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams } from '../../http/schemas.ts';
import { assignPermissions } from './assign.ts';
import { assignmentForm } from './assignment-form.ts';
import { listPermissions } from './catalogue.ts';
import {
  Assigned,
  AssignmentForm,
  AssignmentQuery,
  AssignPermissions,
  PermissionPage,
  PermissionQuery,
  UserPermissions,
} from './schemas.ts';
import { permissionsOfUser } from './user-permissions.ts';

const HOW_FAR =
  'A granted permission reaches as far as it does for any built-in role: every record where some role reaches ' +
  'every record, else the person’s own or assigned ones (`manage policy` prints it). Permissions over users, roles ' +
  'and permissions come with the role administrator only (`administrator_only`).';

export const permissionRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/permissions', tags: ['Permissions'] })
    .use(http)
    .get('/', ({ ctx, query }) => listPermissions(ctx, query), {
      permit: 'permissions:list',
      query: PermissionQuery,
      response: { 200: PermissionPage },
      detail: { summary: 'Every permission there is' },
    })
    .get('/assign/', ({ ctx, query }) => assignmentForm(ctx, query), {
      permit: 'permissions:assign',
      query: AssignmentQuery,
      response: { 200: AssignmentForm },
      detail: { summary: 'The assignment form: people, what can be granted, fields and JSON Schema' },
    })
    .post('/assign/', ({ ctx, body }) => assignPermissions(ctx, body), {
      permit: 'permissions:assign',
      body: AssignPermissions,
      response: { 200: Assigned },
      detail: {
        summary: 'Replace what a person is granted beyond the role, in force on the next request',
        description: HOW_FAR,
      },
    })
    .get('/user/:id/', ({ ctx, params }) => permissionsOfUser(ctx, params.id), {
      permit: 'permissions:read',
      params: IdParams,
      response: { 200: UserPermissions },
      detail: { summary: 'All that a person may do, and whether by role or by grant' },
    });
