import { mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { id, timestamps } from '../../db/columns.ts';

/** The clinic as a company: one row, with the id 1. Its time zone is not here, see `company.ts`. */
export const companies = mysqlTable('companies', {
  id: id(),
  name: varchar({ length: 150 }).notNull(),
  legalName: varchar({ length: 200 }),
  taxId: varchar({ length: 20 }),
  address: varchar({ length: 255 }),
  phone: varchar({ length: 20 }),
  email: varchar({ length: 254 }),
  website: varchar({ length: 255 }),
  /** ISO 4217. */
  currency: varchar({ length: 3 }).notNull().default('PEN'),
  /** The key of the picture in the file store. */
  logo: varchar({ length: 120 }),
  ...timestamps,
});
