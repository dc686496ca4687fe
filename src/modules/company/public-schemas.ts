import * as v from 'valibot';
import { MoneyOut } from '../../http/schemas.ts';
import { Company } from './schemas.ts';

const { name, address, phone, email, website, timezone, currency, logo_url } = Company.entries;

export const ClinicPage = v.object({
  name,
  address,
  phone,
  email,
  website,
  timezone,
  currency,
  logo_url,
  specialties: v.array(v.object({ id: v.number(), name: v.string(), description: v.nullable(v.string()) })),
  therapists: v.array(v.object({ full_name: v.string(), specialties: v.array(v.string()) })),
  opening_hours: v.array(v.object({ weekday: v.number(), start_time: v.string(), end_time: v.string() })),
  holidays: v.array(v.object({ date: v.string(), name: v.string() })),
  prices: v.array(v.object({ name: v.string(), price: MoneyOut })),
});
