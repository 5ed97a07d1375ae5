/** An exchange that consists of its PostgreSQL only, to be killed: starts it in argv[2] and prints its pid. */
import pino from 'pino';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';

const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('usage: embedded-process.ts DATA_DIR');
const server = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) });
process.stdout.write(`${server.pid}\n`);
