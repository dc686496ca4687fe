import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * `bun run bench [name …]`: the benchmarks by name, all without one, one after the other. What each measures and what
 * can be set stands at the head of its file.
 */

const folder = new URL('./', import.meta.url);
/** What the benchmarks share. */
const HELPERS = ['clinic', 'floor', 'load', 'people', 'run', 'sink'];

const known = readdirSync(folder)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !HELPERS.includes(name));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}\n`);
  process.exit(2);
}

let failed = false;
for (const name of wanted) {
  process.stdout.write(`\n=== ${name}\n`);
  const file = fileURLToPath(new URL(`${name}.ts`, folder));
  const bench = Bun.spawn([process.execPath, 'run', file], { stdio: ['ignore', 'inherit', 'inherit'] });
  if ((await bench.exited) !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
