import type { Config } from '../config.ts';
import { connectDatabase } from '../db/client.ts';
import { plusDays } from '../modules/reports/statistics/days.ts';
import { verifySummaries } from '../modules/reports/statistics/verify.ts';
import { localDay } from '../time.ts';
import { error, type Finding, ok } from './finding.ts';

/** Days back from today that are compared: seconds of work however large the clinic. */
const DAYS = 31;

/** Whether the sums that statistics read agree with the appointments and payments they were made from. */
export async function checkSummaries(url: string, { timeZone }: Pick<Config, 'timeZone'>): Promise<Finding> {
  const pool = connectDatabase(url, 1);
  try {
    const to = localDay(Temporal.Now.instant(), timeZone);
    const { compared, wrong } = await verifySummaries(pool, timeZone, { from: plusDays(to, 1 - DAYS), to });
    if (wrong.length === 0)
      return ok(`statistics: the sums of ${compared} recent days agree with the appointments and payments`);
    const values = wrong.map((day) => `('${day}')`).join(', ');
    return error(
      `statistics: the sums of ${wrong.join(', ')} are wrong; \`insert into summary_marks (day) values ${values}\` has them made anew`,
    );
  } finally {
    await pool.close();
  }
}
