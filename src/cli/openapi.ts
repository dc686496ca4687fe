import { parseConfig } from '../config.ts';
import { defineCommand } from './command.ts';
import { offlineApp } from './runtime.ts';

export const command = defineCommand({
  takes: ['FILE'],
  notes: 'The document that the running service gives at /swagger/json. FILE - is standard output.',
  run: async (_, [file = '-']) => {
    const { app } = await offlineApp(parseConfig(process.env));
    const response = await app.handle(new Request('http://localhost/swagger/json'));
    if (!response.ok) throw new Error(`/swagger/json answers ${response.status}`);
    const document = `${JSON.stringify(await response.json(), null, 2)}\n`;
    await Bun.write(file === '-' ? Bun.stdout : file, document);
  },
});
