import { formatInstant } from '../../time.ts';
import { personView } from '../people/view.ts';
import type { patients } from './tables.ts';

export type PatientRow = typeof patients.$inferSelect;

/** A patient as the contract has it; `today` is the clinic's calendar day, which the age is counted to. */
export const patientView = (row: PatientRow, today: string, timeZone: string) => ({
  ...personView(row),
  birth_date: row.birthDate,
  age: row.birthDate === null ? null : age(row.birthDate, today),
  sex: row.sex,
  phone: row.phone,
  phone_secondary: row.phoneSecondary,
  email: row.email,
  occupation: row.occupation,
  health_condition: row.healthCondition,
  allergies: row.allergies,
  blood_type: row.bloodType,
  emergency_contact: row.emergencyContact,
  emergency_phone: row.emergencyPhone,
  address: row.address,
  region_id: row.regionId,
  province_id: row.provinceId,
  district_id: row.districtId,
  created_at: formatInstant(row.createdAt, timeZone),
  updated_at: formatInstant(row.updatedAt, timeZone),
});

export type PatientView = ReturnType<typeof patientView>;

/** Completed years; days are `YYYY-MM-DD`, so the parts after the year compare as text. */
function age(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
