import * as v from 'valibot';
import {
  Email,
  FlagText,
  InstantOut,
  Line,
  OrNull,
  pageOf,
  PersonName,
  Phone,
  recordQuery,
  Upload,
} from '../../http/schemas.ts';
import { NewPassword, Username } from '../auth/schemas.ts';

const Role = Line(50);

export const NewUser = v.object({
  username: Username,
  email: Email,
  password: NewPassword,
  first_name: PersonName,
  last_name: PersonName,
  phone: OrNull(Phone),
  role: Role,
  is_active: v.optional(v.boolean(), true),
});

/** Without a password, it stays as it is. */
export const UserReplacement = v.object({ ...NewUser.entries, password: v.optional(NewPassword) });

export const UserChanges = v.object({
  ...v.partial(NewUser).entries,
  /** Asked of those who change their own e-mail address: with it, a password can be reset. */
  current_password: v.optional(v.pipe(v.string(), v.maxLength(200))),
});

export const User = v.object({
  id: v.number(),
  username: v.string(),
  email: v.string(),
  first_name: v.string(),
  last_name: v.string(),
  full_name: v.string(),
  phone: v.nullable(v.string()),
  role: v.string(),
  is_active: v.boolean(),
  is_superuser: v.boolean(),
  last_login: v.nullable(InstantOut),
  photo_url: v.nullable(v.string()),
  patient_id: v.nullable(v.number()),
  therapist_id: v.nullable(v.number()),
  created_at: InstantOut,
  updated_at: InstantOut,
});

export const UserPage = pageOf(User);

export const UserQuery = recordQuery(['username', 'last_name', 'created_at', 'last_login'], {
  role: v.optional(Role),
  is_active: v.optional(FlagText),
});

export const Photo = v.object({ photo: Upload });
