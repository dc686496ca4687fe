import { and, asc, count, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import { type Ctx, transaction } from '../../context.ts';
import { indexedWords, indexTexts } from '../../db/search-index.ts';
import { searchTextOf, signatureOf } from '../../search-text.ts';
import { patientSearch } from './patient-search.ts';
import { patients } from './tables.ts';

/** So few that whoever changes one of them waits for a moment only. */
const BATCH = 500;

const SEARCHED = {
  id: patients.id,
  firstName: patients.firstName,
  paternalLastName: patients.paternalLastName,
  maternalLastName: patients.maternalLastName,
  documentNumber: patients.documentNumber,
  phone: patients.phone,
  searchText: patients.searchText,
};

/**
 * Writes the patients' search texts and their index anew, from the id `from` or the latest down, in small transactions
 * beside a running service; `told` hears the lowest id that is done. Returns how many patients there were, and how
 * many of their texts were not as they should be.
 */
export async function reindexPatients(
  ctx: Ctx,
  told: (id: number) => void,
  from = Number.MAX_SAFE_INTEGER,
): Promise<{ patients: number; texts: number }> {
  const done = { patients: 0, texts: 0 };
  for (let highest = from; ;) {
    const batch = await transaction(ctx, (tx) => reindexBatch(tx, highest));
    if (!batch) return done;
    done.patients += batch.patients;
    done.texts += batch.texts;
    told(batch.lowest);
    highest = batch.lowest - 1;
  }
}

async function reindexBatch(tx: Ctx, highest: number) {
  const rows = await tx.db
    .select(SEARCHED)
    .from(patients)
    .where(lte(patients.id, highest))
    .orderBy(desc(patients.id))
    .limit(BATCH)
    .for('update');
  const lowest = rows.at(-1)?.id;
  if (lowest === undefined) return undefined;
  const texts = rows.map((row) => ({ id: row.id, before: '', after: searchTextOf(row) }));
  const changed = texts.filter(({ after }, index) => after !== rows[index]?.searchText);
  await writeTexts(tx, changed);
  await indexTexts(tx, patientSearch, texts);
  return { lowest, patients: rows.length, texts: changed.length };
}

async function writeTexts(tx: Ctx, texts: { id: number; after: string }[]): Promise<void> {
  if (texts.length === 0) return;
  const rows = texts.map(({ id, after }) => sql`select ${id} as id, ${after} as text`);
  await tx.db.execute(
    sql`update ${patients} inner join (${sql.join(rows, sql` union all `)}) as made on made.id = ${patients.id}
      set ${patients.searchText} = made.text`,
  );
}

/**
 * Indexes the patients of a database from before there was this index. Any number of instances may ask at once; one
 * that is interrupted begins again.
 */
export async function ensurePatientsIndexed(ctx: Ctx): Promise<void> {
  if (await isFirstIndexed(ctx)) return;
  const { log } = ctx.services;
  // Warnings, as they are told at a command, too: the start waits for this.
  log.warn('indexing the patients for the search');
  let toldAt = performance.now();
  const { patients: total } = await reindexPatients(ctx, (id) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    log.warn({ patients_left: id }, 'indexing the patients for the search');
  });
  log.info({ patients: total }, 'patients indexed');
}

const TELL_EVERY_MS = 5_000;

/** The first patient is indexed last, so that one tells of all. */
async function isFirstIndexed(ctx: Ctx): Promise<boolean> {
  const [first] = await ctx.db.select(SEARCHED).from(patients).orderBy(asc(patients.id)).limit(1);
  if (!first) return true;
  const { words } = patientSearch;
  const text = searchTextOf(first);
  const expected = indexedWords(text);
  const [row] = await ctx.db
    .select({ total: count() })
    .from(words)
    .where(
      and(inArray(words.word, expected), eq(words.latest, -first.id), eq(words.signature, signatureOf(text))),
    );
  return row?.total === expected.length;
}
