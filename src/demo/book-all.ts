import { type Ctx, transaction } from '../context.ts';
import { appointments, rooms } from '../modules/appointments/tables.ts';
import { bulkInsert } from '../db/bulk-insert.ts';
import { charge } from './charge.ts';
import { type Booking, type Clinic, planBookings } from './plan.ts';

/** Appointments that one transaction books. */
const BATCH = 5_000;
/** Transactions at a time. */
const LANES = 3;

const CANCELLED = ['Viaje imprevisto', 'Enfermedad', 'Pidió otra fecha'] as const;
const REASONS = ['Dolor lumbar', 'Tensión cervical', 'Estrés', 'Sesión de control', 'Relajación'] as const;

/** Books `count` appointments with their tickets and payments; reports how many there are after every batch. */
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
  await charge(tx, random, batch, ids, createdBy);
}

const instant = (epochMs: number) => Temporal.Instant.fromEpochMilliseconds(epochMs);
