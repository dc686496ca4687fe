import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SEND_DEADLINE } from '../lease.ts';
import { PROVIDER_TIMEOUT } from './channel.ts';

/** From whom to whom a message goes, whatever its head says. */
type Envelope = { from: string; to: string };

/** Hands a message to the server; resolves when it has taken it. @throws SMTPConnection.SMTPError */
export type MailServer = (envelope: Envelope, message: Buffer) => Promise<void>;

/** Of this thread to its server. */
const MOST_CONNECTIONS = 10;
/** Of one connection: servers end one that goes on for too long. */
const MOST_MESSAGES = 100;

type Line = {
  connection: SMTPConnection;
  messages: number;
  isOpen: boolean;
  /** Ends what is under way, for a connection that breaks answers to nothing. */
  fail: (error: unknown) => void;
};

/**
 * Connections that are kept for the next message, as long as they are not idle for longer than a provider may take. The
 * library's protocol without its mailer, which reads and streams anew what is made already and took twice as long as
 * the sending itself. A message is handed over once: whether it is to be sent again is for its job to say. One that has
 * waited for a connection for more than `patience` ms, when its job has given it up, is not sent any more.
 */
export function mailServer(url: string, patience = SEND_DEADLINE): MailServer {
  const options = {
    ...parseConnectionUrl(url),
    connectionTimeout: PROVIDER_TIMEOUT,
    greetingTimeout: PROVIDER_TIMEOUT,
    socketTimeout: PROVIDER_TIMEOUT,
  };
  const idle: Line[] = [];
  /** Each gets a line, or none when it may open one. */
  const waiting: ((line: Line | undefined) => void)[] = [];
  let places = MOST_CONNECTIONS;

  const end = (line: Line) => {
    if (!line.isOpen) return;
    line.isOpen = false;
    const index = idle.indexOf(line);
    if (index >= 0) idle.splice(index, 1);
    line.connection.close();
    const next = waiting.shift();
    if (next) next(undefined);
    else places += 1;
  };

  const open = async (): Promise<Line> => {
    const connection = new SMTPConnection(options);
    const line: Line = { connection, messages: 0, isOpen: true, fail: () => undefined };
    connection.on('error', (error) => {
      line.fail(error);
      end(line);
    });
    connection.once('end', () => {
      line.fail(Object.assign(new Error('the connection was closed'), { code: 'ECONNECTION' }));
      end(line);
    });
    await on(line, (done) => connection.connect(done));
    const { auth } = options;
    if (auth && offersLogin(connection)) await on(line, (done) => connection.login(auth, done));
    return line;
  };

  /** One exchange with the server; a line that it fails on is of no more use. */
  const on = (line: Line, exchange: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      line.fail = reject;
      exchange((error) => (error ? reject(error) : resolve()));
    }).catch((error: unknown) => {
      if (isAnswer(error)) line.connection.quit();
      end(line);
      throw error;
    });

  const take = async (): Promise<Line> => {
    const free = idle.pop();
    if (free) return free;
    if (places > 0) {
      places -= 1;
      return open();
    }
    return (await new Promise<Line | undefined>((resolve) => waiting.push(resolve))) ?? open();
  };

  const giveBack = (line: Line) => {
    if (!line.isOpen) return;
    if (line.messages >= MOST_MESSAGES) {
      line.connection.quit();
      end(line);
      return;
    }
    const next = waiting.shift();
    if (next) next(line);
    else idle.push(line);
  };

  return async ({ from, to }, message) => {
    const since = performance.now();
    const line = await take();
    if (performance.now() - since > patience) {
      giveBack(line);
      throw Object.assign(new Error('no connection was free in time'), { code: 'ETIMEDOUT' });
    }
    line.messages += 1;
    await on(line, (done) => line.connection.send({ from, to }, message, done));
    giveBack(line);
  };
}

/** Whether it is the server that says so, and still listens. */
const isAnswer = (error: unknown): boolean => error instanceof Error && 'responseCode' in error;

/** What the library keeps of the server's greeting, which its types do not tell. */
const offersLogin = (connection: SMTPConnection & { allowsAuth?: boolean }): boolean =>
  connection.allowsAuth ?? false;
