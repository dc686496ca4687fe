import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import ical from 'ical-generator';
import { folded } from '../../src/modules/appointments/fold.ts';

const signs = fc.constantFrom('a', 'ñ', '€', '👩‍⚕️', ' ', ',', '\n', 'x'.repeat(73));
const text = fc.array(signs, { maxLength: 120 }).map((all) => `Cita ${all.join('')}`);

test('lines are folded as the library folds them', () => {
  fc.assert(
    fc.property(text, text, (summary, description) => {
      const calendar = ical({ name: 'Centro' });
      const stamp = new Date(0);
      const entry = calendar.createEvent({ id: '1', start: stamp, stamp, summary, description });
      const lines = folded(entry.toString());
      expect(calendar.toString()).toContain(lines);
      for (const line of lines.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }),
    { seed: 20_261_122, numRuns: 300 },
  );
});
