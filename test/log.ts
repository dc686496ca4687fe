const write = (...parts: unknown[]) => {
  process.stderr.write(
    `${parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ')}\n`,
  );
};

/** What a person running the tests has to know, on standard error. */
export const operatorLog = { info: () => undefined, warn: write, error: write };
