import { serve } from '../../src/main.ts';
import { parseConfig } from '../../src/config.ts';

/* The service itself, whose worker threads can be ended from outside: SIGUSR2 ends one of them without warning. */

const threads = new Set<Worker>();
globalThis.Worker = class extends Worker {
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args);
    threads.add(this);
    this.addEventListener('close', () => threads.delete(this));
  }
};
process.on('SIGUSR2', () => {
  const all = [...threads];
  all[Math.floor(Math.random() * all.length)]?.terminate();
});

await serve(parseConfig(process.env));
