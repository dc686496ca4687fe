import { inArray, sql } from 'drizzle-orm';
import { type Ctx, transaction } from '../context.ts';
import { appointments, rooms } from '../modules/appointments/tables.ts';
import { ticketCounters, tickets } from '../modules/billing/tables.ts';
import { bulkInsert } from './bulk-insert.ts';
import { type Booking, type Clinic, planBookings } from './plan.ts';

/** Appointments that one transaction books. */
const BATCH = 5_000;
/** Transactions at a time. */
const LANES = 3;

const METHODS = [
  'efectivo',
  'efectivo',
  'yape',
  'yape',
  'plin',
  'tarjeta',
  'tarjeta',
  'transferencia',
] as const;
const CANCELLED = ['Viaje imprevisto', 'Enfermedad', 'Pidió otra fecha'] as const;
const REASONS = ['Dolor lumbar', 'Tensión cervical', 'Estrés', 'Sesión de control', 'Relajación'] as const;

/** Books `count` appointments with their tickets; reports how many there are after every batch. */
export async function bookAll(
  ctx: Ctx,
  clinic: Clinic,
  count: number,
  { createdBy, onProgress }: { createdBy: number | null; onProgress?: (booked: number) => void },
): Promise<void> {
  await bulkInsert(
    ctx.db,
    rooms,
    clinic.therapists.map(({ room }) => ({ name: room })),
  );
  const lanes = ctx.inTransaction ? 1 : LANES;
  const running = new Set<Promise<void>>();
  let booked = 0;
  const save = async (batch: Booking[]) => {
    await transaction(ctx, (tx) => bookBatch(tx, clinic, batch, createdBy));
    onProgress?.((booked += batch.length));
  };
  for (const batch of batches(clinic, count)) {
    if (running.size === lanes) await Promise.race(running);
    const saving = save(batch).finally(() => running.delete(saving));
    running.add(saving);
  }
  await Promise.all(running);
}

/** Whole days of booking, so that no two batches wait for the same counter of ticket numbers. */
function* batches(clinic: Clinic, count: number): Generator<Booking[]> {
  let batch: Booking[] = [];
  for (const ofOneDay of planBookings(clinic, count)) {
    batch.push(...ofOneDay);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function bookBatch(
  tx: Ctx,
  { random }: Clinic,
  batch: readonly Booking[],
  createdBy: number | null,
): Promise<void> {
  const lastNumbers = await takeNumbers(tx, batch);
  const ids = await bulkInsert(
    tx.db,
    appointments,
    batch.map(({ therapist, type, startsAt, endsAt, createdAt, updatedAt, status, patientId, price }) => ({
      patientId,
      therapistId: therapist.id,
      dateTime: instant(startsAt),
      duration: (endsAt - startsAt) / 60_000,
      endsAt: instant(endsAt),
      status,
      appointmentType: type,
      room: therapist.room,
      reason: random.pick(REASONS),
      price,
      cancellationReason: status === 'cancelled' ? random.pick(CANCELLED) : null,
      sequence: status === 'pending' ? 0 : 1,
      createdBy,
      createdAt: instant(createdAt),
      updatedAt: instant(updatedAt),
    })),
  );
  await bulkInsert(
    tx.db,
    tickets,
    batch.map(({ status, price, bookedOn: day, createdAt, updatedAt }, index) => {
      const number = (lastNumbers.get(day) ?? 0) + 1;
      lastNumbers.set(day, number);
      const paid = status === 'completed';
      const cancelled = status === 'cancelled';
      return {
        appointmentId: ids[index] ?? 0,
        ticketNumber: `TKT-${day.replaceAll('-', '')}-${String(number).padStart(6, '0')}`,
        amount: price,
        paymentMethod: paid ? random.pick(METHODS) : null,
        status: paid ? ('paid' as const) : cancelled ? ('cancelled' as const) : ('pending' as const),
        paymentDate: paid ? instant(updatedAt) : null,
        createdAt: instant(createdAt),
        updatedAt: instant(paid || cancelled ? updatedAt : createdAt),
      };
    }),
  );
}

/**
 * Takes as many ticket numbers as each day of booking needs and returns the last one given before. The counters
 * stay locked until the commit, as in `billing/issue-ticket.ts`, so the series have no gaps.
 */
async function takeNumbers(tx: Ctx, batch: readonly Booking[]): Promise<Map<string, number>> {
  const wanted = new Map<string, number>();
  for (const { bookedOn: day } of batch) wanted.set(day, (wanted.get(day) ?? 0) + 1);
  await tx.db
    .insert(ticketCounters)
    .values([...wanted].map(([day, last]) => ({ day, last })))
    .onDuplicateKeyUpdate({ set: { last: sql`${ticketCounters.last} + values(${ticketCounters.last})` } });
  const counters = await tx.db
    .select()
    .from(ticketCounters)
    .where(inArray(ticketCounters.day, [...wanted.keys()]));
  return new Map(counters.map(({ day, last }) => [day, last - (wanted.get(day) ?? 0)]));
}

const instant = (epochMs: number) => Temporal.Instant.fromEpochMilliseconds(epochMs);
