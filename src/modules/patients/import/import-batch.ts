import { eq, inArray, sql } from 'drizzle-orm';
import type * as v from 'valibot';
import { type Ctx, transaction } from '../../../context.ts';
import { auditAll } from '../../../db/audit.ts';
import { bulkInsert } from '../../../db/bulk-insert.ts';
import { columnsOf } from '../../../db/casing.ts';
import { indexTexts } from '../../../db/search-index.ts';
import { searchTextOf } from '../../../search-text.ts';
import { localDay } from '../../../time.ts';
import { patientsChanged } from '../../reports/statistics/changed.ts';
import { patientSearch } from '../patient-search.ts';
import { patientImportErrors, patientImports, patients } from '../tables.ts';
import { patientView } from '../view.ts';
import { textOf } from './cells.ts';
import type { ImportedPatient } from './columns.ts';
import { judge } from './judge.ts';
import type { Plan } from './plan.ts';

/** Rows of one transaction: large enough to be quick, small enough to keep nobody waiting. */
const BATCH = 100;

/**
 * Imports the next rows of the file and returns how many of its rows are done then. What was done is read and written
 * under the import's lock: two runs that meet take turns, and neither repeats the other's rows.
 */
export const importBatch = (ctx: Ctx, plan: Plan): Promise<number> =>
  transaction({ ...ctx, now: Temporal.Now.instant() }, async (tx) => {
    const thisImport = eq(patientImports.id, plan.importId);
    const [at] = await tx.db
      .select({ rowsDone: patientImports.rowsDone })
      .from(patientImports)
      .where(thisImport)
      .for('update');
    const from = at?.rowsDone ?? plan.rows.length;
    const rows = plan.rows.slice(from, from + BATCH);
    if (rows.length === 0) return from;

    const verdicts = await judge(tx, plan, rows);
    const people = verdicts.flatMap(({ patient }) => (patient ? [patient] : []));
    const refused = verdicts.flatMap(({ row, reasons }) =>
      reasons
        ? [
            {
              importId: plan.importId,
              rowNumber: row.number,
              reasons: Object.entries(reasons),
              cells: row.cells.map(textOf),
            },
          ]
        : [],
    );
    if (!plan.dryRun) await register(tx, people);
    if (refused.length > 0) await tx.db.insert(patientImportErrors).values(refused);
    await tx.db
      .update(patientImports)
      .set({
        rowsDone: from + rows.length,
        rowsCreated: sql`${patientImports.rowsCreated} + ${people.length}`,
        rowsFailed: sql`${patientImports.rowsFailed} + ${refused.length}`,
      })
      .where(thisImport);
    return from + rows.length;
  });

/** Registers patients, each with its audit row. */
async function register(tx: Ctx, people: readonly v.InferOutput<typeof ImportedPatient>[]): Promise<void> {
  if (people.length === 0) return;
  const rows = people.map((person) => {
    const values = columnsOf(person);
    return { ...values, searchText: searchTextOf(values), createdAt: tx.now, updatedAt: tx.now };
  });
  await bulkInsert(tx.db, patients, rows);
  const documents = rows.map(({ documentNumber }) => documentNumber);
  const made = await tx.db.select().from(patients).where(inArray(patients.documentNumber, documents));
  const texts = made.map(({ id, searchText }) => ({ id, before: '', after: searchText }));
  await indexTexts(tx, patientSearch, texts);
  patientsChanged(tx);
  const { timeZone } = tx.services.config;
  const today = localDay(tx.now, timeZone);
  const entries = made.map((row) => {
    const after = patientView(row, today, timeZone);
    return { action: 'create', entity: 'patient', entityId: row.id, after };
  });
  await auditAll(tx, entries);
}
