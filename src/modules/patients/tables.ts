import { index, mysqlEnum, mysqlTable, text, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import { day, id, reference, softDelete, timestamps } from '../../db/columns.ts';
import { districts, provinces, regions } from '../geo/tables.ts';
import { users } from '../users/tables.ts';

/** People who are treated. `searchText` holds names, document and phone without accents or case. */
export const patients = mysqlTable(
  'patients',
  {
    id: id(),
    userId: reference().references(() => users.id),
    documentType: varchar({ length: 20 }).notNull(),
    documentNumber: varchar({ length: 20 }).notNull(),
    firstName: varchar({ length: 100 }).notNull(),
    paternalLastName: varchar({ length: 100 }).notNull(),
    maternalLastName: varchar({ length: 100 }),
    birthDate: day(),
    sex: mysqlEnum(['M', 'F', 'O']),
    phone: varchar({ length: 20 }),
    phoneSecondary: varchar({ length: 20 }),
    email: varchar({ length: 254 }),
    occupation: varchar({ length: 100 }),
    healthCondition: text(),
    allergies: text(),
    bloodType: varchar({ length: 3 }),
    emergencyContact: varchar({ length: 200 }),
    emergencyPhone: varchar({ length: 20 }),
    address: varchar({ length: 255 }),
    regionId: reference().references(() => regions.id),
    provinceId: reference().references(() => provinces.id),
    districtId: reference().references(() => districts.id),
    searchText: varchar({ length: 400 }).notNull(),
    ...timestamps,
    ...softDelete,
  },
  (t) => [
    uniqueIndex('uq_patients__user_id').on(t.userId),
    uniqueIndex('uq_patients__document_number').on(t.documentNumber),
    index('patients_name').on(t.paternalLastName, t.maternalLastName, t.firstName),
    index('patients_created').on(t.createdAt),
  ],
);
