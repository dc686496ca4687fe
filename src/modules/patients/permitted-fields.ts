import { may } from '../../access/authenticate.ts';
import type { Ctx } from '../../context.ts';
import { AppError, type Text } from '../../errors.ts';

/** What patients keep up to date themselves: how to reach them. */
const CONTACT = new Set([
  'phone',
  'phone_secondary',
  'email',
  'address',
  'emergency_contact',
  'emergency_phone',
  'region_id',
  'province_id',
  'district_id',
]);

const STAFF_ONLY: Text = {
  es: 'Solo el personal de la clínica puede cambiarlo.',
  en: "Only the clinic's staff can change it.",
};
const DESK_ONLY: Text = {
  es: 'Solo recepción o administración vincula cuentas.',
  en: 'Only reception or administration links accounts.',
};

/**
 * Refuses what the caller may not set: a patient anything but the contact data, a therapist the account. A field that
 * keeps its value asks for nothing.
 * @throws AppError INSUFFICIENT_PERMISSIONS that names the fields
 */
export function assertPermittedFields(
  ctx: Ctx,
  current: Record<string, unknown>,
  input: Record<string, unknown>,
): void {
  const isPatient = ctx.scopes.every((scope) => scope === 'own');
  const mayLink = may(ctx, 'patients:link');
  const refused = Object.keys(input)
    .filter((field) => (input[field] ?? null) !== (current[field] ?? null))
    .flatMap((field): [string, Text][] => {
      if (isPatient && !CONTACT.has(field)) return [[field, STAFF_ONLY]];
      return field === 'user_id' && !mayLink ? [[field, DESK_ONLY]] : [];
    });
  if (refused.length === 0) return;
  const details = Object.fromEntries(refused.map(([field, reason]) => [field, [reason[ctx.language]]]));
  throw new AppError('INSUFFICIENT_PERMISSIONS', details);
}
