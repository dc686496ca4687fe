import { send } from './api.ts';

/** An event of a stream: its name and its data. */
export type StreamEvent = { kind: string; data: unknown };

/**
 * The events of one connection to a stream. The browser's own EventSource cannot say who is asking.
 * @throws ApiError when the stream is refused
 */
export async function* eventsOf(path: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const { body } = await send('GET', path, { signal });
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (text + value).split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const event = eventIn(frame);
      if (event) yield event;
    }
  }
}

function eventIn(frame: string): StreamEvent | null {
  const fields = new Map(
    frame.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get('data');
  return data === undefined ? null : { kind: fields.get('event') ?? 'message', data: JSON.parse(data) };
}
