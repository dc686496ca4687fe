import { afterEach, expect, test } from 'bun:test';
import { createServer, type AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { mailServer } from '../../src/modules/notifications/channels/smtp.ts';

const ENVELOPE = { from: 'clinic@clinic.example', to: 'ana@clinic.example' };
const MESSAGE = Buffer.from('Subject: a\r\n\r\n.dot\r\n');

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A real server that notes its connections and what they brought. */
async function serve(options: SMTPServerOptions = {}) {
  const seen = { sessions: new Set<string>(), open: 0, mostOpen: 0, bodies: [] as string[] };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onConnect: (session, done) => {
      seen.sessions.add(session.id);
      seen.open += 1;
      seen.mostOpen = Math.max(seen.mostOpen, seen.open);
      done();
    },
    onClose: () => void (seen.open -= 1),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        seen.bodies.push(Buffer.concat(chunks).toString());
        setTimeout(done, 2);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return { seen, server, host: `127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

const times = (count: number, send: () => Promise<void>) =>
  Promise.allSettled(Array.from({ length: count }, send));

test('many messages at once share ten connections, which carry a hundred each', async () => {
  const { seen, host } = await serve();
  const send = mailServer(`smtp://${host}`);
  const results = await times(1_100, () => send(ENVELOPE, MESSAGE));
  expect(results.every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(seen.bodies).toHaveLength(1_100);
  expect(new Set(seen.bodies)).toEqual(new Set([MESSAGE.toString()]));
  expect(seen.mostOpen).toBeLessThanOrEqual(10);
  expect(seen.sessions.size).toBeGreaterThanOrEqual(11);
  expect(seen.sessions.size).toBeLessThanOrEqual(20);
}, 20_000);

test('one message after the other goes over the same connection', async () => {
  const { seen, host } = await serve();
  const send = mailServer(`smtp://${host}`);
  for (let i = 0; i < 5; i++) await send(ENVELOPE, MESSAGE);
  expect(seen.sessions.size).toBe(1);
});

test('a refused recipient is told as such, and those who wait are served', async () => {
  const { seen, host } = await serve({
    onRcptTo: ({ address }, _session, done) =>
      done(
        address === 'nobody@clinic.example' ? Object.assign(new Error('no'), { responseCode: 550 }) : null,
      ),
  });
  const send = mailServer(`smtp://${host}`);
  const [bad, good] = await Promise.all([
    times(15, () => send({ ...ENVELOPE, to: 'nobody@clinic.example' }, MESSAGE)),
    times(15, () => send(ENVELOPE, MESSAGE)),
  ]);
  for (const result of bad) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'EENVELOPE', responseCode: 550 } });
  }
  expect(good.every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(seen.bodies).toHaveLength(15);
});

test('a connection that the server cut is not used again', async () => {
  const { seen, server, host } = await serve();
  const send = mailServer(`smtp://${host}`);
  await send(ENVELOPE, MESSAGE);
  for (const { _socket: socket } of server.connections as Set<{ _socket: { destroy(): void } }>)
    socket.destroy();
  await Bun.sleep(20);
  await send(ENVELOPE, MESSAGE);
  expect(seen.sessions.size).toBe(2);
});

test('a message whose connection breaks before the answer is not sent again by itself', async () => {
  let taken = 0;
  const { server, host } = await serve({
    onData: (stream) => {
      stream.resume();
      stream.on('end', () => {
        taken += 1;
        for (const { _socket: socket } of server.connections as Set<{ _socket: { destroy(): void } }>) {
          socket.destroy();
        }
      });
    },
  });
  const send = mailServer(`smtp://${host}`);
  const [result] = await times(1, () => send(ENVELOPE, MESSAGE));
  expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ECONNECTION' } });
  await Bun.sleep(200);
  expect(taken).toBe(1);
});

test('a message that waited until its job gave it up is not sent', async () => {
  const { seen, host } = await serve({
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => {
        seen.bodies.push('');
        setTimeout(done, 300);
      });
    },
  });
  const send = mailServer(`smtp://${host}`, 200);
  const results = await times(15, () => send(ENVELOPE, MESSAGE));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(seen.bodies).toHaveLength(10);
  await send(ENVELOPE, MESSAGE);
  expect(seen.bodies).toHaveLength(11);
});

test('all who wait are told when nobody answers at the address, and may come again', async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });
  const send = mailServer(`smtp://127.0.0.1:${port}`);
  for (let round = 0; round < 2; round++) {
    const results = await times(25, () => send(ENVELOPE, MESSAGE));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  }
});

test.each([
  ['ana:right%3A', true],
  ['ana:wrong', false],
])('logs in as %p', async (credentials, isTaken) => {
  const { seen, host } = await serve({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'ana' && password === 'right:'
        ? done(null, { user: username })
        : done(Object.assign(new Error('no'), { responseCode: 535 })),
  });
  const send = mailServer(`smtp://${credentials}@${host}`);
  const [result] = await times(1, () => send(ENVELOPE, MESSAGE));
  if (isTaken) expect(result).toMatchObject({ status: 'fulfilled' });
  else expect(result).toMatchObject({ status: 'rejected', reason: { code: 'EAUTH' } });
  expect(seen.bodies).toHaveLength(isTaken ? 1 : 0);
});
