import { startEmbeddedDatabase } from '../../src/embedded/database.ts';
import { operatorLog } from '../log.ts';

/* A process that owns the embedded database of a data directory, until its standard input ends. `exit`: ends without `stop`. */
const [dataDir = '', ending] = process.argv.slice(2);
const database = await startEmbeddedDatabase({ dataDir, log: operatorLog });
process.stdout.write(`${database.url}\n`);
await Bun.stdin.text();
if (ending !== 'exit') await database.stop();
process.exit(0);
