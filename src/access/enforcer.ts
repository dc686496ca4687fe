import { type Enforcer, newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import type { Scope } from '../context.ts';
import model from './model.conf' with { type: 'text' };
import policy from './policy.csv' with { type: 'text' };

/** A permission's codename, `module:action`, as policy.csv has them. */
export type Permission = `${string}:${string}`;

/** The decisions of the policy file (Casbin), remembered: they do not change while the process lives. */
export type Access = {
  /** How far the permission reaches for the role, widest first; empty means refused. */
  scopes: (role: string, permission: Permission) => readonly Scope[];
  /** Every codename that the policy file mentions, sorted. */
  permissions: readonly Permission[];
  /** The codenames a role has. */
  permissionsOf: (role: string) => Permission[];
};

const SCOPES: readonly Scope[] = ['any', 'assigned', 'own'];
const NONE: readonly Scope[] = [];

/** Loads model.conf and policy.csv. */
export async function loadAccess(): Promise<Access> {
  const enforcer: Enforcer = await newEnforcer(newModelFromString(model), new StringAdapter(policy));
  const rules = await enforcer.getPolicy();
  const permissions = [
    ...new Set(rules.map(([, module, action]): Permission => `${module}:${action}`)),
  ].toSorted();
  const decided = new Map<string, readonly Scope[]>();

  const scopes = (role: string, permission: Permission): readonly Scope[] => {
    const key = `${role} ${permission}`;
    const known = decided.get(key);
    if (known) return known;
    const [module, action] = permission.split(':');
    const allowed = SCOPES.filter((scope) => enforcer.enforceSync(role, module, action, scope));
    const decision = allowed[0] === 'any' ? (['any'] as const) : allowed.length > 0 ? allowed : NONE;
    decided.set(key, decision);
    return decision;
  };

  return {
    scopes,
    permissions,
    permissionsOf: (role) => permissions.filter((permission) => scopes(role, permission).length > 0),
  };
}
