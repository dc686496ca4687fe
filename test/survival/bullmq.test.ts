import { expect, test } from 'bun:test';
import { randomOf } from '../../src/demo/random.ts';
import { openClinic } from './clinic.ts';
import { survive } from './round.ts';
import { startStandIns } from './stand-ins.ts';

test('nothing is lost and nothing doubled when parts of a clinic on bullmq are killed under load', async () => {
  const clinic = await openClinic('bullmq', await startStandIns());
  try {
    const outcome = await survive(clinic, { random: randomOf(7).next, bookings: 20, blows: 2 });
    expect(outcome.wrong).toEqual([]);
    expect(outcome.booked).toBeGreaterThan(0);
  } finally {
    await clinic.close();
  }
}, 180_000);
