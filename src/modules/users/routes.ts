import { Elysia } from 'elysia';
import { user } from '../../access/ownership.ts';
import { inline } from '../../http/file.ts';
import type { Http } from '../../http/plugin.ts';
import { Download, IdParams, Success } from '../../http/schemas.ts';
import { openPhoto, removeOwnPhoto, setOwnPhoto } from './photo.ts';
import { NewUser, Photo, User, UserChanges, UserPage, UserQuery, UserReplacement } from './schemas.ts';
import { changeUser, createUser, getUser, listUsers, removeUser, restoreUser } from './users.ts';

const one = { etag: true, params: IdParams, response: { 200: User } } as const;
const own = { permit: 'account:use', etag: true, response: { 200: User } } as const;

/** For the caller alone; its address changes with the picture. */
const PHOTO_CACHE = 'private, max-age=3600';

export const userRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/users', tags: ['Users'] })
    .use(http)
    .get('/', ({ ctx, query }) => listUsers(ctx, query), {
      permit: 'users:list',
      query: UserQuery,
      response: { 200: UserPage },
      detail: { summary: 'Accounts' },
    })
    .post('/', async ({ ctx, body, status }) => status(201, await createUser(ctx, body)), {
      permit: 'users:write',
      idempotent: true,
      etag: true,
      body: NewUser,
      response: { 201: User },
      detail: { summary: 'Make an account' },
    })
    .get('/me/', ({ ctx }) => getUser(ctx, user(ctx).userId), {
      ...own,
      detail: { summary: 'The own account' },
    })
    .patch('/me/', ({ ctx, body }) => changeUser(ctx, user(ctx).userId, body), {
      ...own,
      rateLimited: true,
      body: UserChanges,
      detail: { summary: 'Change the own profile; a new e-mail address needs the current password' },
    })
    .post('/me/photo/', ({ ctx, body }) => setOwnPhoto(ctx, body.photo), {
      ...own,
      body: Photo,
      detail: { summary: 'Set the own picture: JPG, PNG or WebP, at most 2 MB; its metadata is removed' },
    })
    .delete('/me/photo/', ({ ctx }) => removeOwnPhoto(ctx), {
      ...own,
      detail: { summary: 'Take the own picture away' },
    })
    .get('/:id/', ({ ctx, params }) => getUser(ctx, params.id), {
      permit: 'users:read',
      ...one,
      detail: { summary: 'One account' },
    })
    .put('/:id/', ({ ctx, params, body }) => changeUser(ctx, params.id, body), {
      permit: 'users:write',
      ...one,
      rateLimited: true,
      body: UserReplacement,
      detail: { summary: 'Replace the data of an account; without a password it keeps its own' },
    })
    .patch('/:id/', ({ ctx, params, body }) => changeUser(ctx, params.id, body), {
      permit: 'users:update',
      ...one,
      rateLimited: true,
      body: UserChanges,
      detail: {
        summary: 'Change an account; a new role or password, or switching it off, signs it out everywhere',
      },
    })
    .delete('/:id/', ({ ctx, params }) => removeUser(ctx, params.id), {
      permit: 'users:write',
      ...one,
      response: { 200: Success },
      detail: { summary: 'Delete an account and sign it out everywhere' },
    })
    .post('/:id/restore/', ({ ctx, params }) => restoreUser(ctx, params.id), {
      permit: 'users:restore',
      ...one,
      detail: { summary: 'Take the deletion of an account back' },
    })
    .get(
      '/:id/photo/',
      async ({ ctx, params, set }) =>
        inline(set, { ...(await openPhoto(ctx, params.id)), cache: PHOTO_CACHE }),
      {
        permit: 'users:read',
        etag: true,
        params: IdParams,
        response: { 200: Download },
        detail: { summary: 'The picture of an account that the caller may see' },
      },
    );
