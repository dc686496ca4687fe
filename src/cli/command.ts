import { parseArgs } from 'node:util';

/** The command line is not understood; the message says why. */
export class UsageError extends Error {}

/** One option: `value` names what a string option takes. */
type Option = { type: 'string'; value: string; about: string } | { type: 'boolean'; about: string };
type Options = Record<string, Option>;
type Values<O extends Options> = {
  [Name in keyof O]?: O[Name]['type'] extends 'boolean' ? boolean : string;
};

/** A command of `bun run manage`. */
export type Command = {
  help: (name: string, about: string) => string;
  /** Understands the arguments after the command's name and runs it. @throws UsageError */
  run: (args: string[]) => Promise<void>;
};

type Definition<O extends Options> = {
  /** The names of the arguments without a dash, all of them needed, such as `['FILE']`. */
  takes?: string[];
  options?: O;
  /** More for the help. */
  notes?: string;
  run: (values: Values<O>, taken: string[]) => Promise<void>;
};

/** Defines a command; `run` gets the options typed by their definition. */
export function defineCommand<const O extends Options>({
  takes = [],
  options,
  notes,
  run,
}: Definition<O>): Command {
  const known: Options = options ?? {};
  return {
    help: (name, about) =>
      [
        `Usage: bun run manage ${[name, ...takes, ...Object.entries(known).map(short)].join(' ')}`,
        '',
        about,
        ...(notes === undefined ? [] : ['', notes]),
        '',
        ...aligned([...Object.entries(known).map(long), ['--help', 'Shows this help']]),
      ].join('\n'),
    run: (args) => {
      const { values, positionals } = parse(args, known);
      if (positionals.length !== takes.length) {
        throw new UsageError(
          takes.length === 0 ? `What is "${positionals[0]}" for?` : `It takes ${takes.join(' and ')}.`,
        );
      }
      return run(values as Values<O>, positionals);
    },
  };
}

function parse(args: string[], options: Options) {
  try {
    return parseArgs({
      args,
      options: Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }])),
      allowPositionals: true,
    });
  } catch (error) {
    const [sentence = ''] = String(error instanceof Error ? error.message : error).split(/\.\s/);
    throw new UsageError(sentence, { cause: error });
  }
}

const flag = (name: string, option: Option) =>
  option.type === 'string' ? `--${name} ${option.value}` : `--${name}`;
const short = ([name, option]: [string, Option]) => `[${flag(name, option)}]`;
const long = ([name, option]: [string, Option]): [string, string] => [flag(name, option), option.about];

/** Two columns: names, and what they are. */
export function aligned(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`);
}
