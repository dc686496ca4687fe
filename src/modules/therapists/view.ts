import { formatInstant } from '../../time.ts';
import { personView } from '../people/view.ts';
import type { therapists } from './tables.ts';

export type TherapistRow = typeof therapists.$inferSelect;
type NamedSpecialty = { id: number; name: string };

/** A therapist as the contract has it. */
export const therapistView = (row: TherapistRow, specialties: NamedSpecialty[], timeZone: string) => ({
  ...personView(row),
  license_number: row.licenseNumber,
  experience_years: row.experienceYears,
  specialties,
  phone: row.phone,
  email: row.email,
  is_active: row.isActive,
  region_id: row.regionId,
  province_id: row.provinceId,
  district_id: row.districtId,
  created_at: formatInstant(row.createdAt, timeZone),
  updated_at: formatInstant(row.updatedAt, timeZone),
});
