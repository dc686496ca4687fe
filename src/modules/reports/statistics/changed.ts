import { sql } from 'drizzle-orm';
import type { Ctx } from '../../../context.ts';
import { hint } from '../../../live/publish.ts';
import { localDay } from '../../../time.ts';
import { patientSpans, summaryMarks } from './tables.ts';

/** The channel on which an instance hears that an appointment or the ledger has changed. */
export const FIGURES = 'figures';

/**
 * To be called in the transaction of whatever changes appointments or the ledger, with the instants that it counts on,
 * old and new. Dashboards hear of it just after the commit. Days of the past are marked, as they may have been summed up;
 * today and the days to come never are, so a booking writes nothing more.
 */
export async function figuresChanged(tx: Ctx, instants: readonly Temporal.Instant[]): Promise<void> {
  const { timeZone } = tx.services.config;
  hint(tx, FIGURES, 'changed');
  const today = localDay(tx.now, timeZone);
  const past = new Set(instants.map((at) => localDay(at, timeZone)).filter((day) => day < today));
  if (past.size > 0) await tx.db.insert(summaryMarks).values([...past].map((day) => ({ day })));
}

/** To be called in the transaction that registers or removes patients. Dashboards hear of it just after the commit. */
export const patientsChanged = (tx: Ctx): void => hint(tx, FIGURES, 'changed');

/** Notes that the patient was treated. A completed appointment stays one, so a span only ever grows. */
export async function sessionHeld(tx: Ctx, patientId: number, at: Temporal.Instant): Promise<void> {
  await tx.db
    .insert(patientSpans)
    .values({ patientId, firstAt: at, lastAt: at })
    .onDuplicateKeyUpdate({ set: GROWN });
}

/** What becomes of a span that is there already when another is inserted. */
export const GROWN = {
  firstAt: sql`least(${patientSpans.firstAt}, values(${patientSpans.firstAt}))`,
  lastAt: sql`greatest(${patientSpans.lastAt}, values(${patientSpans.lastAt}))`,
};
