import { startEmbeddedBroker } from '../../src/embedded/broker.ts';
import { silent } from './engines.ts';

// A process of the service that has its share of the broker; the test kills it.
const { endpoint } = await startEmbeddedBroker({ dataDir: process.argv[2] ?? '', log: silent });
process.stdout.write(`${endpoint.port}\n`);
setInterval(() => {}, 1_000);
