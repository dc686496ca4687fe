import { Elysia } from 'elysia';
import type { Http } from '../../http/plugin.ts';
import { IdParams, Success } from '../../http/schemas.ts';
import { changeRole, createRole, getRole, listRoles, removeRole, restoreRole } from './roles.ts';
import { NewRole, Role, RoleChanges, RolePage, RoleQuery } from './roles-schemas.ts';

const one = { etag: true, params: IdParams, response: { 200: Role } } as const;

const BUILT_IN = 'Of a built-in role only the description can change (`built_in_role`).';

export const roleRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/roles', tags: ['Roles'] })
    .use(http)
    .get('/', ({ ctx, query }) => listRoles(ctx, query), {
      permit: 'roles:read',
      query: RoleQuery,
      response: { 200: RolePage },
      detail: { summary: 'The built-in roles and the clinic’s own' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createRole(ctx, body)), {
      permit: 'roles:write',
      idempotent: true,
      etag: true,
      body: NewRole,
      response: { 201: Role },
      detail: {
        summary: 'Make a role out of permissions, by codename or id',
        description: 'Whoever has it may also do what every signed-in person may, and nothing else.',
      },
    })
    .get('/:id/', ({ ctx, params }) => getRole(ctx, params.id), {
      permit: 'roles:read',
      ...one,
      detail: { summary: 'One role' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeRole(ctx, params.id, body), {
      permit: 'roles:write',
      ...one,
      body: NewRole,
      detail: { summary: 'Replace a role, for everybody who has it', description: BUILT_IN },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeRole(ctx, params.id, body), {
      permit: 'roles:write',
      ...one,
      body: RoleChanges,
      detail: { summary: 'Change a role, for everybody who has it', description: BUILT_IN },
    })
    .delete('/:id/', ({ ctx, params }) => removeRole(ctx, params.id), {
      permit: 'roles:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete a role of the clinic’s own that nobody has (`role_in_use`)' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreRole(ctx, params.id), {
      permit: 'roles:restore',
      ...one,
      detail: { summary: 'Take the deletion of a role back' },
    });
