type Request = {
  path: string;
  authorization: string | null;
  key: string | null;
  form: Record<string, string>;
};

const accepted = (nth: number) => Response.json({ sid: `SM${nth}` }, { status: 201 });

/** A local server in the SMS provider's place; `state.answer` decides over each request, by how many came before. */
export function startSmsProvider() {
  const requests: Request[] = [];
  const state: { answer: (nth: number) => Response | Promise<Response> } = { answer: accepted };
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const form = new URLSearchParams(await request.text());
      requests.push({
        path: new URL(request.url).pathname,
        authorization: request.headers.get('authorization'),
        key: request.headers.get('idempotency-key'),
        form: Object.fromEntries(form),
      });
      return state.answer(requests.length - 1);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    state,
    accepted,
    close: () => server.stop(true),
  };
}
