import type { Ctx } from '../../context.ts';
import { notFound } from '../../errors.ts';
import { formatInstant } from '../../time.ts';
import { findRun, runView } from './runs/find.ts';

/** What was generated, with `data` once it is there: as long as it may be, it goes from the disk to the client. */
export async function reopen(ctx: Ctx, id: number): Promise<Response> {
  const run = await findRun(ctx, id);
  if (run.form !== 'json') throw notFound();
  const { download_url: _, format: __, ...view } = runView(ctx, run);
  const generated_at = run.finishedAt && formatInstant(run.finishedAt, ctx.services.config.timeZone);
  const head = JSON.stringify({ ...view, generated_at });
  const file = run.fileKey ? await ctx.services.files.open(run.fileKey) : null;
  const body: unknown = file ? bodyOf(head, file) : `${head.slice(0, -1)},"data":null}`;
  // Bun takes a generator for a body; the DOM's types do not know.
  return new Response(body as BodyInit, {
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}

async function* bodyOf(head: string, data: Blob): AsyncGenerator<Uint8Array> {
  const text = new TextEncoder();
  yield text.encode(`${head.slice(0, -1)},"data":`);
  yield* data.stream();
  yield text.encode('}');
}
