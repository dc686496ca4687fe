/** One server-sent event as a client reads it. */
export type Heard = { id: string; event: string; data: Record<string, unknown> };

/** Reads a stream of server-sent events (WHATWG HTML, 9.2) until it ends or `stop`. */
export function hear(response: Response) {
  const heard: Heard[] = [];
  const comments: string[] = [];
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let ended = false;
  const take = (block: string) => {
    const fields = Object.fromEntries(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    if (fields['data'] !== undefined)
      heard.push({ id: fields['id'] ?? '', event: fields['event'] ?? '', data: JSON.parse(fields['data']) });
    else comments.push(block);
  };
  const done = (async () => {
    let rest = '';
    for (;;) {
      const chunk = await reader?.read().catch(() => undefined);
      if (!chunk || chunk.done) break;
      const blocks = (rest + chunk.value).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) take(block);
    }
    ended = true;
  })();
  return {
    heard,
    comments,
    ended: () => ended,
    done,
    stop: async () => {
      await reader?.cancel();
      await done;
    },
  };
}
