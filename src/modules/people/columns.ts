import { varchar } from 'drizzle-orm/mysql-core';
import { reference } from '../../db/columns.ts';
import { districts, provinces, regions } from '../geo/tables.ts';
import { users } from '../users/tables.ts';

/** Who somebody is, patient or therapist: the account, where there is one, the identity document and the names. */
export const personColumns = {
  userId: reference().references(() => users.id),
  documentType: varchar({ length: 20 }).notNull(),
  documentNumber: varchar({ length: 20 }).notNull(),
  firstName: varchar({ length: 100 }).notNull(),
  paternalLastName: varchar({ length: 100 }).notNull(),
  maternalLastName: varchar({ length: 100 }),
};

/** Where somebody lives. */
export const placeColumns = {
  regionId: reference().references(() => regions.id),
  provinceId: reference().references(() => provinces.id),
  districtId: reference().references(() => districts.id),
};
