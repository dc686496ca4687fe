import { type Config, ConfigError, parseConfig } from '../config.ts';
import { checkDatabase } from './check-database.ts';
import { checkDeployment } from './check-deployment.ts';
import { checkRedis, checkRoutes, checkStorage } from './check-parts.ts';
import { defineCommand } from './command.ts';
import type { Finding } from './finding.ts';

export const command = defineCommand({
  options: { deploy: { type: 'boolean', about: 'Also says what is amiss for production' } },
  notes: 'One line for each finding; ends with 1 when one of them is an error.',
  run: async ({ deploy = false }) => {
    const config = readConfig();
    const failed =
      config === undefined
        ? true
        : [
            report({ level: 'ok', text: 'configuration: readable' }),
            ...(await checkStorage(config)).map(report),
            ...(await checkDatabase(config)).map(report),
            ...(await checkRedis(config)).map(report),
            ...(await checkRoutes(config)).map(report),
            ...(deploy ? checkDeployment(config).map(report) : []),
          ].includes('error');
    if (failed) process.exitCode = 1;
  },
});

function readConfig(): Config | undefined {
  try {
    return parseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const text of error.problems) report({ level: 'error', text });
    return undefined;
  }
}

function report({ level, text }: Finding): Finding['level'] {
  process.stdout.write(`${level.padEnd(7)}  ${text}\n`);
  return level;
}
