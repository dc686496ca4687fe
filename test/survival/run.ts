import { parseArgs } from 'node:util';
import { randomOf } from '../../src/demo/random.ts';
import { type EngineName, openClinic } from './clinic.ts';
import { survive } from './round.ts';
import { startStandIns } from './stand-ins.ts';

/*
 * `bun run test/survival/run.ts --rounds 50 --engine bunqueue|bullmq [--seed 1] [--bookings 60]`: many rounds of kills
 * at random moments under load on one service; one line for each, and exit code 1 when anything was lost or doubled.
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    engine: { type: 'string', default: 'bunqueue' },
    seed: { type: 'string', default: '1' },
    bookings: { type: 'string', default: '60' },
  },
});
const engine: EngineName = values.engine === 'bullmq' ? 'bullmq' : 'bunqueue';
const say = (text: string) => process.stdout.write(`${text}\n`);

const clinic = await openClinic(engine, await startStandIns());
let bad = 0;
try {
  for (let round = 1; round <= Number(values.rounds); round++) {
    const begun = Date.now();
    const { next: random } = randomOf(Number(values.seed) * 1_000 + round);
    const blows = 1 + Math.floor(random() * 3);
    const outcome = await survive(clinic, { random, bookings: Number(values.bookings), blows });
    const { booked, imports, exports, repeated, wrong } = outcome;
    if (wrong.length > 0) bad += 1;
    say(
      `${engine} ${round}: ${outcome.blows.join(', ')}; ${booked} booked (answers ${JSON.stringify(outcome.answers)}), ${imports} imports and ${exports} exports so far, ${repeated} repeated, ${((Date.now() - begun) / 1_000).toFixed(0)} s: ${wrong.length === 0 ? 'ok' : wrong.slice(0, 5).join('; ')}`,
    );
  }
} finally {
  await clinic.close();
}
say(`${bad} of ${values.rounds} rounds went wrong`);
process.exit(bad > 0 ? 1 : 0);
