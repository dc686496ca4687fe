import { fullName } from '../../person.ts';
import { formatInstant } from '../../time.ts';
import type { therapists } from './tables.ts';

export type TherapistRow = typeof therapists.$inferSelect;
type NamedSpecialty = { id: number; name: string };

/** A therapist as the contract has it. */
export const therapistView = (row: TherapistRow, specialties: NamedSpecialty[], timeZone: string) => ({
  id: row.id,
  user_id: row.userId,
  document_type: row.documentType,
  document_number: row.documentNumber,
  first_name: row.firstName,
  paternal_last_name: row.paternalLastName,
  maternal_last_name: row.maternalLastName,
  full_name: fullName(row),
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
