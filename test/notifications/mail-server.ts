import type { Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A refusal as SMTP has it; undefined takes the mail. */
type Refusal = { code: number; text: string } | undefined;

type Mail = Email & { raw: string };

const takes = (_try: number): Refusal => undefined;

function answer(refusal: Refusal, done: (error?: Error) => void): void {
  if (refusal === undefined) done();
  else done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
}

/** A real SMTP server in this process. `refuse` decides over each mail, by how many came before it. */
export async function startMailServer() {
  const raws: string[] = [];
  const state = {
    tries: 0,
    atRecipient: takes,
    atEnd: takes,
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onRcptTo: (_address, _session, done) => answer(state.atRecipient(state.tries), done),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refusal = state.atEnd(state.tries);
        state.tries += 1;
        if (refusal === undefined) raws.push(Buffer.concat(chunks).toString());
        answer(refusal, done);
      });
    },
  });
  server.on('error', () => undefined); // pooled connections are cut at the end
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    /** The mails taken since the last `reset`, parsed. */
    mails: (): Promise<Mail[]> =>
      Promise.all(raws.map(async (raw) => ({ ...(await PostalMime.parse(raw)), raw }))),
    count: () => raws.length,
    reset: () => {
      raws.length = 0;
      Object.assign(state, { tries: 0, atRecipient: takes, atEnd: takes });
    },
    state,
    /** Cuts all connections, without a word. */
    hangUp: () => {
      const sessions: Set<{ _socket: Socket }> = server.connections;
      for (const { _socket: socket } of sessions) socket.destroy();
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
