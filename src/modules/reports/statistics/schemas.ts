import * as v from 'valibot';
import { GROUPINGS } from './periods.ts';

const count = v.number();
/** Percent with two digits; null of nothing. */
const Percent = v.nullable(v.number());
/** A decimal string with two digits, negative when more was given back than taken. */
const Amount = v.pipe(v.string(), v.metadata({ pattern: String.raw`^-?\d+\.\d{2}$` }));

const Period = { period: v.string(), from: v.string(), to: v.string() };
const Therapist = { id: v.number(), name: v.string() };

/** What was asked for, the totals, those of as many days before, and by how many percent they changed. */
const statistic = <Totals extends v.ObjectEntries, Rest extends v.ObjectEntries>(
  totals: Totals,
  rest: Rest,
) =>
  v.object({
    start: v.string(),
    end: v.string(),
    group_by: v.picklist(GROUPINGS),
    totals: v.object(totals),
    previous: v.object({ start: v.string(), end: v.string(), ...totals }),
    change_percent: v.record(v.string(), Percent),
    ...rest,
  });

const AppointmentTotals = {
  total: count,
  pending: count,
  confirmed: count,
  in_progress: count,
  completed: count,
  cancelled: count,
  no_show: count,
  no_show_rate: Percent,
  booked_minutes: count,
  offered_minutes: count,
  occupancy: Percent,
};

export const AppointmentStatistics = statistic(AppointmentTotals, {
  series: v.array(v.object({ ...Period, ...AppointmentTotals })),
  therapists: v.array(v.object({ ...Therapist, ...AppointmentTotals })),
});

const RevenueTotals = { payments: count, refunds: count, gross: Amount, refunded: Amount, net: Amount };

export const RevenueStatistics = statistic(RevenueTotals, {
  by_method: v.array(v.object({ method: v.string(), payments: count, net: Amount })),
  series: v.array(v.object({ ...Period, ...RevenueTotals })),
  therapists: v.array(v.object({ ...Therapist, ...RevenueTotals })),
});

const PatientTotals = { patients: count, new: count, returning: count, sessions: count };

export const PatientStatistics = statistic(PatientTotals, {
  age_groups: v.array(v.object({ group: v.string(), patients: count, new: count })),
  regions: v.array(
    v.object({ id: v.nullable(v.number()), name: v.nullable(v.string()), patients: count, new: count }),
  ),
  series: v.array(v.object({ ...Period, new: count, sessions: count })),
});
