import { expect } from 'bun:test';
import { connect } from 'node:net';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { ERRORS } from '../../src/errors.ts';
import { SERVER_BODY_LIMIT } from '../../src/http/body.ts';
import { createServices } from '../../src/services.ts';
import { type Answer, requestTo, type TestApp } from '../harness.ts';

/** The contract's one shape of errors: these keys, a code of the table with its status, and nothing else. */
export function expectError({ status, json, headers }: Answer, code: keyof typeof ERRORS, language = 'es') {
  const { error, details: _, request_id, ...rest } = json;
  const { es, en } = ERRORS[code];
  expect([status, error, rest]).toEqual([ERRORS[code].status, language === 'en' ? en : es, { code }]);
  expect(headers.get('x-request-id')).toBe(request_id);
  expect(headers.get('content-type')).toStartWith('application/json');
}

/** The service on a database that is not there, or no longer. */
export async function serviceOn(databaseUrl: string) {
  const config = parseConfig({ DATABASE_URL: databaseUrl, SECRET_KEY: 'x'.repeat(40) });
  const pool = connectDatabase(databaseUrl, 2);
  const log = pino({ level: 'silent' });
  const services = await createServices({ config, log, pool, secretKey: 'x'.repeat(40) });
  const app = createApp(services);
  return { services, request: requestTo(app), close: pool.close };
}

/** Serves the app on a port of this machine, as `main.ts` does. */
export function listen({ app }: TestApp): { port: number; stop: () => Promise<void> } {
  app.listen({ port: 0, hostname: '127.0.0.1', maxRequestBodySize: SERVER_BODY_LIMIT });
  const { server } = app;
  if (server?.port === undefined) throw new Error('the server does not listen');
  return { port: server.port, stop: async () => server.stop(true) };
}

/** Sends bytes as they are and reads the answer's head and body; for what no client library would send. */
export function exchange(port: number, parts: readonly (string | Uint8Array)[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1');
  let text = '';
  const done = () => {
    socket.destroy();
    resolve(text);
  };
  const timer = setTimeout(done, 5_000);
  socket.on('data', (bytes) => {
    text += bytes.toString();
    const [head = '', body] = text.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Infinity);
    if (body !== undefined && Buffer.byteLength(body) >= length) done();
  });
  socket.on('close', () => {
    clearTimeout(timer);
    resolve(text);
  });
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  return promise;
}
