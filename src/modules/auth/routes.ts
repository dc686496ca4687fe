import { Elysia } from 'elysia';
import * as v from 'valibot';
import { user } from '../../access/ownership.ts';
import { formOf } from '../../http/form.ts';
import type { Http } from '../../http/plugin.ts';
import { Form, Success } from '../../http/schemas.ts';
import { titleOf } from '../forms/titles.ts';
import { changePassword } from './change-password.ts';
import { forgotPassword } from './forgot-password.ts';
import { login } from './login.ts';
import { register } from './register.ts';
import { resetPassword } from './reset-password.ts';
import {
  ChangePassword,
  ForgotPassword,
  LoggedIn,
  Login,
  Refresh,
  Register,
  Registered,
  ResetPassword,
  Session,
  SessionParams,
  TokenPair,
  TwoFactorCode,
  TwoFactorEnabled,
  TwoFactorSetUp,
  Verified,
} from './schemas.ts';
import { listSessions, logout, refresh, revokeSession } from './sessions.ts';
import { disableTwoFactor, enableTwoFactor, setUpTwoFactor } from './two-factor.ts';
import { userInfo } from './user-info.ts';

const LOGIN = { method: 'POST', path: '/api/auth/login/' };

export const authRoutes = (http: Http) =>
  new Elysia({ prefix: '/api/auth', tags: ['Auth'] })
    .use(http)
    .get('/login/', ({ ctx }) => formOf(titleOf('auth-login'), LOGIN, Login, ctx.language), {
      public: true,
      response: { 200: Form },
      detail: { summary: 'The login form: fields, labels and JSON Schema' },
    })
    .post('/login/', ({ ctx, body }) => login(ctx, body), {
      public: true,
      rateLimited: true,
      body: Login,
      response: { 200: LoggedIn },
      detail: {
        summary: 'Log in with username or e-mail',
        description:
          'An account with two-factor login also needs `otp`. Without it, or with a wrong one, the 401 has `details.otp`: ask for the code and send all three again.',
      },
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
        permissions: ctx.services.access.permissionsOf(user(ctx)),
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
    })
    .post('/password/change/', ({ ctx, body }) => changePassword(ctx, body), {
      permit: 'account:use',
      rateLimited: true,
      body: ChangePassword,
      response: { 200: Success },
      detail: { summary: 'Change the own password; closes the other sessions' },
    })
    .post('/password/forgot/', ({ ctx, body }) => forgotPassword(ctx, body), {
      public: true,
      rateLimited: true,
      body: ForgotPassword,
      response: { 200: Success },
      detail: { summary: 'Have a reset link mailed; the same answer whether or not the address is known' },
    })
    .post('/password/reset/', ({ ctx, body }) => resetPassword(ctx, body), {
      public: true,
      rateLimited: true,
      body: ResetPassword,
      response: { 200: Success },
      detail: { summary: 'Choose a new password with the token of a reset link; closes all sessions' },
    })
    .post('/2fa/setup/', ({ ctx }) => setUpTwoFactor(ctx), {
      permit: 'account:use',
      response: { 200: TwoFactorSetUp },
      detail: { summary: 'A new secret for an authenticator app, to be confirmed by a code of it' },
    })
    .post('/2fa/enable/', ({ ctx, body }) => enableTwoFactor(ctx, body), {
      permit: 'account:use',
      rateLimited: true,
      body: TwoFactorCode,
      response: { 200: TwoFactorEnabled },
      detail: { summary: 'Turn two-factor login on; answers with the recovery codes, once' },
    })
    .post('/2fa/disable/', ({ ctx, body }) => disableTwoFactor(ctx, body), {
      permit: 'account:use',
      rateLimited: true,
      body: TwoFactorCode,
      response: { 200: Success },
      detail: { summary: 'Turn two-factor login off, with a code or a recovery code' },
    });
