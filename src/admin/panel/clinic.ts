import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { read } from './api.ts';
import type { Permission, User } from './api-types.ts';

/** Who is signed in, what they may do, and the clinic that they do it in. */
export type Clinic = {
  user: User;
  name: string;
  currency: string;
  timeZone: string;
  /** What somebody may not do is not offered; the server decides anyway. */
  may: (permission: Permission) => boolean;
};

export async function loadClinic(): Promise<Clinic> {
  const [{ user_info: user, permissions }, company] = await Promise.all([
    read<{ user_info: User; permissions: string[] }>('/api/auth/verify/'),
    read<{ name: string; currency: string; timezone: string }>('/api/company/'),
  ]);
  const allowed = new Set(permissions);
  return {
    user,
    name: company.name,
    currency: company.currency,
    timeZone: company.timezone,
    may: (permission) => allowed.has(permission),
  };
}

export const ClinicContext = createContext<Clinic | null>(null);

export function useClinic(): Clinic {
  const clinic = useContext(ClinicContext);
  if (!clinic) throw new Error('nobody is signed in');
  return clinic;
}
