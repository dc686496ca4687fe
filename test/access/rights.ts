import { permissionId } from '../../src/access/permission-id.ts';
import type { Permission } from '../../src/access/enforcer.ts';
import type { Answer, Client } from '../harness.ts';

/** Gives a person these permissions, and no others, beyond the role. */
export const assign = (by: Client, userId: number, ...permissions: Permission[]): Promise<Answer> =>
  by.request('POST', '/api/permissions/assign/', {
    body: { user_id: userId, permission_ids: permissions.map(permissionId) },
  });

/** The permissions a person is told to have, by codename, with their sources. */
export async function sourcesOf(by: Client, userId: number): Promise<Record<string, string>> {
  const { json } = await by.request('GET', `/api/permissions/user/${userId}/`);
  return Object.fromEntries(
    json.permissions.map(({ codename, source }: { codename: string; source: string }) => [codename, source]),
  );
}
