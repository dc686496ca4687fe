import type { Permission } from './enforcer.ts';

/**
 * The permission's number in the API: computed from its codename (FNV-1a, 31 bits), so that it is the same at every
 * start and on every instance, whatever lines policy.csv gains. A test asserts that no two permissions share one.
 */
export function permissionId(permission: Permission): number {
  let hash = 0x811c9dc5;
  for (const letter of permission) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash & 0x7fff_ffff || 1;
}
