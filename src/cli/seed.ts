import { parseConfig } from '../config.ts';
import { systemCtx } from '../context.ts';
import { seed } from '../demo/seed.ts';
import { defineCommand, UsageError } from './command.ts';
import { withRuntime } from './runtime.ts';

const DEFAULT_COUNT = 10_000;
const MOST = 10_000_000;

export const command = defineCommand({
  options: {
    appointments: {
      type: 'string',
      value: 'N',
      about: `How many, with a ticket each (${DEFAULT_COUNT} when not given)`,
    },
    yes: { type: 'boolean', about: 'Also on the database of DATABASE_URL' },
  },
  notes: 'Therapists and patients are made for them; no records that are there already are touched.',
  run: async ({ appointments = String(DEFAULT_COUNT), yes = false }) => {
    const count = /^\d+$/.test(appointments) ? Number(appointments) : 0;
    if (count < 1 || count > MOST) throw new UsageError(`--appointments takes a number from 1 to ${MOST}.`);
    if (!parseConfig(process.env).embedded && !yes) {
      throw new Error(
        'DATABASE_URL is set: invented records would go into that database. Add --yes if they shall.',
      );
    }
    await withRuntime(async ({ services }) => {
      const started = performance.now();
      const rate = (booked: number) => Math.round((booked / (performance.now() - started)) * 1000);
      const made = await seed(systemCtx(services, 'seed'), count, (booked) => {
        process.stderr.write(`${booked} of ${count} appointments, ${rate(booked)} a second\n`);
      });
      const seconds = (performance.now() - started) / 1000;
      const rows = 2 * made.appointments + made.patients + made.therapists;
      process.stdout.write(
        `Made ${made.appointments} appointments with tickets, ${made.therapists} therapists and ${made.patients} patients in ${seconds.toFixed(1)} s: ${Math.round(rows / seconds)} rows a second.\n`,
      );
    });
  },
});
