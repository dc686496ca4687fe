import * as v from 'valibot';
import { Day, DocumentNumber, Email, InstantOut, Line, PersonName, Phone } from '../../http/schemas.ts';
import { say } from '../../http/validation.ts';
import { isOwnName, NOT_OWN_NAME } from '../users/own-name.ts';

export const Username = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^[\w.@+-]{3,150}$/,
    say({ es: 'De 3 a 150 letras, dígitos o @ . + - _', en: '3 to 150 letters, digits or @ . + - _' }),
  ),
);

/** Long enough for a passphrase, short enough that hashing it costs what we expect. */
export const NewPassword = v.pipe(v.string(), v.maxLength(200), v.title('Contraseña nueva'));

const Password = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));

/** Six digits of an authenticator app, which some write in two groups, or a recovery code. */
const Code = v.pipe(
  v.string(),
  v.regex(
    /^\s*(?:\d{3} ?\d{3}|[0-9A-Za-z]{5}-?[0-9A-Za-z]{5})\s*$/,
    say({ es: 'Seis dígitos o un código de recuperación.', en: 'Six digits or a recovery code.' }),
  ),
  v.trim(),
);

export const Login = v.object({
  username: v.pipe(Line(254), v.title('Usuario o correo electrónico')),
  password: v.pipe(Password, v.title('Contraseña')),
  otp: v.optional(
    v.pipe(
      Code,
      v.title('Código de verificación'),
      v.description('Solo con la verificación en dos pasos: de la aplicación, o un código de recuperación'),
    ),
  ),
});

export const ChangePassword = v.object({
  current_password: v.pipe(Password, v.title('Contraseña actual')),
  new_password: NewPassword,
});

export const ForgotPassword = v.object({ email: v.pipe(Email, v.title('Correo electrónico')) });

export const ResetPassword = v.object({
  token: v.pipe(v.string(), v.nonEmpty(), v.maxLength(200)),
  new_password: NewPassword,
});

export const TwoFactorCode = v.object({ code: v.pipe(Code, v.title('Código de verificación')) });

/** The secret in base 32, as the URL that authenticator apps read, and as a QR code of that (an SVG data URL). */
export const TwoFactorSetUp = v.object({
  secret: v.string(),
  otpauth_url: v.string(),
  qr_code: v.string(),
});

export const TwoFactorEnabled = v.object({
  success_message: v.string(),
  recovery_codes: v.array(v.string()),
});

export const Refresh = v.object({ refresh_token: v.pipe(v.string(), v.nonEmpty(), v.maxLength(2_000)) });

export const Register = v.pipe(
  v.object({
    username: Username,
    email: Email,
    password: NewPassword,
    password_confirm: v.string(),
    first_name: PersonName,
    last_name: PersonName,
    document_number: DocumentNumber,
    phone: v.optional(Phone),
    birth_date: v.optional(Day),
  }),
  v.forward(
    v.partialCheck(
      [['password'], ['password_confirm']],
      (input) => input.password === input.password_confirm,
      say({ es: 'Las contraseñas no coinciden.', en: 'The passwords do not match.' }),
    ),
    ['password_confirm'],
  ),
  v.forward(v.partialCheck([['username'], ['email']], isOwnName, say(NOT_OWN_NAME)), ['username']),
);

export const UserInfo = v.object({
  id: v.number(),
  username: v.string(),
  email: v.string(),
  first_name: v.string(),
  last_name: v.string(),
  full_name: v.string(),
  phone: v.nullable(v.string()),
  role: v.string(),
  roles: v.array(v.string()),
  patient_id: v.nullable(v.number()),
  therapist_id: v.nullable(v.number()),
  is_superuser: v.boolean(),
  last_login: v.nullable(InstantOut),
});

export const TokenPair = v.object({
  access_token: v.string(),
  refresh_token: v.string(),
  token_type: v.literal('Bearer'),
  expires_in: v.number(),
});

export const LoggedIn = v.object({ ...TokenPair.entries, user_info: UserInfo });

export const Registered = v.object({ user_info: UserInfo, success_message: v.string() });

export const Verified = v.object({ user_info: UserInfo, permissions: v.array(v.string()) });

export const Session = v.object({
  id: v.string(),
  device: v.nullable(v.string()),
  ip: v.nullable(v.string()),
  created_at: InstantOut,
  last_seen_at: InstantOut,
  is_current: v.boolean(),
});

export const SessionParams = v.object({ id: v.pipe(v.string(), v.uuid()) });
