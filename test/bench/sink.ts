import { SMTPServer } from 'smtp-server';

/** A mail server that notes when an address last got a mail, and an SMS provider that takes everything at once. */
export async function startSink() {
  const arrivals = new Map<string, number>();
  const mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      stream.resume();
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo) arrivals.set(address, Date.now());
        done();
      });
    },
  });
  mail.on('error', () => undefined); // pooled connections are cut at the end
  await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve));
  const bound = mail.server.address();
  const sms = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => Response.json({ sid: 'SM1' }, { status: 201 }),
  });
  return {
    arrivals,
    env: {
      SMTP_URL: `smtp://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`,
      SMS_BASE_URL: `http://127.0.0.1:${sms.port}`,
      SMS_ACCOUNT_SID: 'AC0',
      SMS_AUTH_TOKEN: 'secret',
      SMS_FROM: '+15005550006',
      IMPORT_THREADS: '0', // that queue is for the engine's no-ops
    },
    close: async () => {
      await sms.stop(true);
      await new Promise<void>((resolve) => mail.close(resolve));
    },
  };
}
