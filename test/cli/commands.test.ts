import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { type Ending, manage } from './manage.ts';

setDefaultTimeout(120_000);

const COMMANDS = [
  'serve',
  'worker',
  'migrate',
  'makemigrations',
  'showmigrations',
  'createsuperuser',
  'changepassword',
  'clearsessions',
  'audit',
  'reindex',
  'cleanup',
  'backup',
  'restore',
  'dbshell',
  'shell',
  'seed',
  'check',
  'routes',
  'policy',
  'openapi',
];

/** A database that nobody has, for commands that must not need one. */
const NOWHERE = {
  DATABASE_URL: 'mysql://nobody:hidden-password@127.0.0.1:1/none',
  SECRET_KEY: 'a key for tests only, of 32 characters or more',
  STORAGE_DIR: '/tmp/clinic-cli-tests',
};

/** The first line, and that it is not a stack trace. */
const complaint = ({ err }: Ending) => {
  expect(err).not.toMatch(/\n\s+at /);
  return err.split('\n')[0] ?? '';
};

describe('the list of commands', () => {
  test('is shown on request', async () => {
    const { code, out } = await manage(['--help']);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out).toContain(`\n  ${name} `);
  });

  test('is shown for an unknown command, which ends with 2', async () => {
    const ending = await manage(['migrat']);
    expect(ending.code).toBe(2);
    expect(complaint(ending)).toBe('There is no command "migrat".');
    for (const name of COMMANDS) expect(ending.err).toContain(`\n  ${name} `);
  });

  test('is shown when there is no command, which ends with 2', async () => {
    const ending = await manage([]);
    expect(ending.code).toBe(2);
    expect(complaint(ending)).toBe('Which command?');
  });
});

test('every command explains itself', async () => {
  const endings = await Promise.all(COMMANDS.map((name) => manage([name, '--help'])));
  for (const [index, { code, out }] of endings.entries()) {
    expect(code).toBe(0);
    expect(out).toStartWith(`Usage: bun run manage ${COMMANDS[index]}`);
    expect(out).toContain('--help');
  }
});

describe('a command line that is not understood', () => {
  test.each([
    [['seed', '--appointment', '10'], "Unknown option '--appointment'"],
    [['seed', '--appointments', 'many'], '--appointments takes a number from 1 to 10000000.'],
    [['openapi'], 'It takes FILE.'],
    [['migrate', 'now'], 'What is "now" for?'],
    [['createsuperuser', '--username', 'jefa'], '--email is missing.'],
    [
      ['createsuperuser', '--username', 'jefa', '--email', 'none', '--password', 'secret-secret'],
      '--email: Must be an e-mail address.',
    ],
  ])('%p ends with 2 and says why', async (args, message) => {
    const ending = await manage(args, { env: NOWHERE });
    expect(ending.code).toBe(2);
    expect(complaint(ending)).toBe(message);
    expect(ending.err).toContain(`Usage: bun run manage ${args[0]}`);
    expect(ending.err).not.toContain('secret-secret');
  });
});

describe('a failure', () => {
  test.each([
    [['migrate'], 'The database of DATABASE_URL does not answer.'],
    [['showmigrations'], 'The database of DATABASE_URL does not answer.'],
    [['seed'], 'DATABASE_URL is set: invented records would go into that database. Add --yes if they shall.'],
    [
      ['createsuperuser', '--username', 'jefa', '--email', 'jefa@example.com', '--password', 'password'],
      'password: Is too common a password.',
    ],
  ])('%p ends with 1 and one clear line without a secret', async (args, message) => {
    const ending = await manage(args, { env: NOWHERE });
    expect(ending.code).toBe(1);
    expect(ending.err).toBe(`${message}\n`);
    expect(ending.out).toBe('');
  });

  test('a bad configuration is told in one line for each problem', async () => {
    const { code, err } = await manage(['serve'], {
      env: { PORT: 'x', DEBUG: 'maybe', SECRET_KEY: 'short-secret' },
    });
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      'The configuration is not usable:',
      '  SECRET_KEY: use at least 32 characters',
      '  DEBUG: use true or false',
      '  PORT: use a whole number',
      '',
    ]);
  });
});

describe('without a database', () => {
  test('routes shows who may use what', async () => {
    const { code, out } = await manage(['routes'], { env: NOWHERE });
    expect(code).toBe(0);
    expect(out).toMatch(/^POST +\/api\/appointments\/ +appointments:create +\S/m);
    expect(out).toMatch(/^POST +\/api\/auth\/login\/ +public +\S/m);
    expect(out).not.toContain(' missing ');
  });

  test('policy shows how far each permission reaches for each role', async () => {
    const { code, out } = await manage(['policy'], { env: NOWHERE });
    expect(code).toBe(0);
    const [header = '', ...rows] = out.split('\n').map((line) => line.split(/ +/));
    expect(header).toEqual([
      'PERMISSION',
      'patient',
      'therapist',
      'administrator',
      'supervisor',
      'receptionist',
      'granted',
    ]);
    expect(rows).toContainEqual(['appointments:create', 'own', '-', 'any', '-', 'any', 'any']);
    expect(rows).toContainEqual(['permissions:assign', '-', '-', 'any', '-', '-', '-']);
  });

  test('openapi writes the document to a file or to standard output', async () => {
    const file = `/tmp/clinic-openapi-${crypto.randomUUID()}.json`;
    const [written, printed] = await Promise.all([
      manage(['openapi', file], { env: NOWHERE }),
      manage(['openapi', '-'], { env: NOWHERE }),
    ]);
    expect([written.code, written.out]).toEqual([0, '']);
    const document = await Bun.file(file).json();
    await Bun.file(file).delete();
    expect(JSON.parse(printed.out)).toEqual(document);
    expect(document.openapi).toBe('3.0.3');
    expect(Object.keys(document.paths)).toContain('/api/appointments/');
  });
});
