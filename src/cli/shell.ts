import { start } from 'node:repl';
import { type Ctx, systemCtx } from '../context.ts';
import { defineCommand } from './command.ts';
import { withRuntime } from './runtime.ts';

export const command = defineCommand({
  options: {
    eval: { type: 'string', value: 'CODE', about: 'Runs CODE and prints what it returns, instead of asking' },
  },
  notes:
    'TypeScript with `services`, `ctx` (a system context, for the verbs), `db` (Drizzle) and `load`, which imports a module of\nsrc, at a prompt, from --eval or from standard input:\n\n  bun run manage shell --eval \'const { users } = await load("modules/users/tables.ts"); return db.$count(users)\'',
  run: ({ eval: code }) =>
    withRuntime(async ({ services }) => {
      const ready = contextOf(systemCtx(services, 'shell'));
      if (code === undefined && process.stdin.isTTY) return prompt(ready);
      const result = await evaluate(code ?? (await Bun.stdin.text()), ready);
      if (result !== undefined) process.stdout.write(`${shown(result)}\n`);
    }),
});

type Ready = ReturnType<typeof contextOf>;

const contextOf = (ctx: Ctx) => ({
  services: ctx.services,
  ctx,
  db: ctx.db,
  load: (path: string): Promise<unknown> => import(new URL(`../${path}`, import.meta.url).href),
});

const shown = (value: unknown): string => (typeof value === 'string' ? value : Bun.inspect(value));

async function prompt(ready: Ready): Promise<void> {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  // Ctrl-C is for the prompt.
  process.removeAllListeners('SIGINT');
  process.stdout.write('services, ctx, db and load are ready; Ctrl-D leaves.\n');
  const repl = start({ prompt: 'clinic> ' });
  Object.assign(repl.context, ready);
  repl.on('exit', resolve);
  await left;
}

/** Runs the body of an async function, as a module of its own. */
async function evaluate(code: string, ready: Ready): Promise<unknown> {
  const run = `export default async ({ ${Object.keys(ready).join(', ')} }) => {${code}\n}`;
  const script = new Bun.Transpiler({ loader: 'ts' }).transformSync(run);
  const url = `data:text/javascript;base64,${Buffer.from(script).toString('base64')}`;
  const module = (await import(url)) as { default: (given: Ready) => Promise<unknown> };
  return module.default(ready);
}
