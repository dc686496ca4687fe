import { Elysia } from 'elysia';
import * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import { formOf } from '../../http/form.ts';
import type { Http } from '../../http/plugin.ts';
import { Success } from '../../http/schemas.ts';
import { login } from './login.ts';
import { register } from './register.ts';
import {
  Form,
  LoggedIn,
  Login,
  Refresh,
  Register,
  Registered,
  Session,
  SessionParams,
  TokenPair,
  Verified,
} from './schemas.ts';
import { listSessions, logout, refresh, revokeSession } from './sessions.ts';
import { userInfo } from './user-info.ts';

const FORM = formOf('Iniciar sesión', { method: 'POST', path: '/api/auth/login/' }, Login);

export const authRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/auth', tags: ['Auth'] })
    .use(http)
    .get('/login/', () => FORM, {
      public: true,
      response: { 200: Form },
      detail: { summary: 'The login form: fields, labels and JSON Schema' },
    })
    .post('/login/', ({ ctx, body }) => login(ctx, body), {
      public: true,
      rateLimited: true,
      body: Login,
      response: { 200: LoggedIn },
      detail: { summary: 'Log in with username or e-mail' },
    })
    .post('/refresh/', ({ ctx, body }) => refresh(ctx, body), {
      public: true,
      body: Refresh,
      response: { 200: TokenPair },
      detail: { summary: 'Exchange a refresh token for a new pair; using one twice closes the session' },
    })
    .post('/register/', ({ ctx, body, status }) => register(ctx, body).then((made) => status(201, made)), {
      public: true,
      idempotent: true,
      rateLimited: true,
      body: Register,
      response: { 201: Registered },
      detail: { summary: 'Make a patient account' },
    })
    .get(
      '/verify/',
      async ({ ctx }) => ({
        user_info: await userInfo(ctx, user(ctx).userId),
        permissions: ctx.services.access.permissionsOf(user(ctx).role),
      }),
      {
        permit: 'account:use',
        response: { 200: Verified },
        detail: { summary: 'Who is signed in and what they may do' },
      },
    )
    .post('/logout/', ({ ctx }) => logout(ctx), {
      permit: 'account:use',
      response: { 200: Success },
      detail: { summary: 'Close the session, at once and everywhere' },
    })
    .get('/sessions/', ({ ctx }) => listSessions(ctx), {
      permit: 'account:use',
      response: { 200: v.array(Session) },
      detail: { summary: 'Own open sessions' },
    })
    .delete('/sessions/:id/', ({ ctx, params }) => revokeSession(ctx, params.id), {
      permit: 'account:use',
      params: SessionParams,
      response: { 200: Success },
      detail: { summary: 'Close one of the own sessions' },
    });
