import { type Enforcer, newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { ROLES, type Scope, type UserActor } from '../context.ts';
import model from './model.conf' with { type: 'text' };
import policy from './policy.csv' with { type: 'text' };

/** A permission's codename, `module:action`, as policy.csv has them. */
export type Permission = `${string}:${string}`;

/** Whose rights are asked for: what a session look-up knows of a person, and all that a decision depends on. */
type Holder = Pick<UserActor, 'role' | 'grants' | 'isSuperuser'>;

/**
 * The decisions of the policy (Casbin), remembered: they do not change while the process lives. What does change, a
 * person's role and grants, comes with every request (`live-actors.ts`).
 */
export type Access = {
  /** How far the permission reaches for a built-in role, widest first; empty means refused. */
  scopes: (role: string, permission: Permission) => readonly Scope[];
  /** The same for a person: by the role, by a grant, or as a superuser. */
  scopesOf: (holder: Holder, permission: Permission) => readonly Scope[];
  /** How far the permission reaches for those to whom it is granted: as far as for any built-in role. */
  grantedScopes: (permission: Permission) => readonly Scope[];
  /** Every codename that the policy file mentions, sorted. */
  permissions: readonly Permission[];
  /** The codenames that a built-in role, or a person, has. */
  permissionsOf: (holder: string | Holder) => Permission[];
};

/** What every signed-in person may do, whatever the role. */
const EVERYBODY = 'member';

const SCOPES: readonly Scope[] = ['any', 'assigned', 'own'];
const ANY: readonly Scope[] = ['any'];
const NONE: readonly Scope[] = [];

/** Keeps the widest reach alone: who may do it to every record needs no other. */
const widest = (scopes: readonly Scope[]): readonly Scope[] => (scopes.includes('any') ? ANY : scopes);

/** A grant is a role of the policy with one permission; people hold any number of them. */
const grantOf = (permission: Permission) => `grant:${permission}`;

const builtIn: ReadonlySet<string> = new Set(ROLES);

/** A role of the clinic's own is nothing but grants: its name never reaches the policy. */
const policyRole = (role: string) => (builtIn.has(role) ? role : EVERYBODY);

/** Loads model.conf and policy.csv. */
export async function loadAccess(): Promise<Access> {
  const enforcer: Enforcer = await newEnforcer(newModelFromString(model), new StringAdapter(policy));
  const rules = await enforcer.getPolicy();
  const permissions = [
    ...new Set(rules.map(([, module, action]): Permission => `${module}:${action}`)),
  ].toSorted();
  enforcer.enableAutoSave(false);
  await enforcer.addPolicies(grantRules(rules));
  const decided = new Map<string, readonly Scope[]>();

  const scopes = (subject: string, permission: Permission): readonly Scope[] => {
    const key = `${subject} ${permission}`;
    const known = decided.get(key);
    if (known) return known;
    const [module, action] = permission.split(':');
    const allowed = SCOPES.filter((scope) => enforcer.enforceSync(subject, module, action, scope));
    const decision = allowed.length > 0 ? widest(allowed) : NONE;
    decided.set(key, decision);
    return decision;
  };

  const grantedScopes = (permission: Permission) => scopes(grantOf(permission), permission);

  const scopesOf = ({ role, grants, isSuperuser }: Holder, permission: Permission): readonly Scope[] => {
    if (isSuperuser) return ANY;
    const byRole = scopes(policyRole(role), permission);
    if (byRole === ANY || !grants.includes(permission)) return byRole;
    const byGrant = grantedScopes(permission);
    return widest(SCOPES.filter((scope) => byRole.includes(scope) || byGrant.includes(scope)));
  };

  return {
    scopes,
    scopesOf,
    grantedScopes,
    permissions,
    permissionsOf: (holder) =>
      permissions.filter(
        (permission) =>
          (typeof holder === 'string' ? scopes(holder, permission) : scopesOf(holder, permission)).length > 0,
      ),
  };
}

/** The policy file's rules again, for `grant:module:action` instead of a role. */
function grantRules(rules: string[][]): string[][] {
  const granted = rules.map(([, module = '', action = '', scope = '']) => [
    grantOf(`${module}:${action}`),
    module,
    action,
    scope,
  ]);
  return [...new Map(granted.map((rule) => [rule.join(), rule])).values()];
}
