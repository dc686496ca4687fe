import { appointmentData } from '../appointments/personal-data.ts';
import { billingData } from '../billing/personal-data.ts';
import { clinicalData } from '../clinical/personal-data.ts';
import { notificationData } from '../notifications/personal-data.ts';
import { accountData } from '../users/personal-data.ts';
import type { PersonalData } from './personal-data.ts';

/** Every domain that keeps something of a patient: their data is exported and erased by this list. */
export const PERSONAL_DATA: readonly PersonalData[] = [
  accountData,
  appointmentData,
  billingData,
  clinicalData,
  notificationData,
];
