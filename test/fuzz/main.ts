import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import type { Config } from '../../src/config.ts';
import { databaseUrlFile } from '../../src/data-directory.ts';
import { createPool } from '../../src/db/pool.ts';
import { startServer } from '../../src/server.ts';
import { NO_LIMITS } from '../support/limits.ts';
import { brokenInvariants } from '../support/verified.ts';
import { fuzz } from './fuzz.ts';
import { fuzzSockets } from './sockets.ts';

/**
 * Attacks an exchange of its own with made-up requests, and a quarter as many frames: `npm run fuzz -- --requests 50000 [--seed 1]`.
 * Ends with 1 when a promise was broken.
 */

const PROGRESS_MS = 5_000;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '50000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 20_000)) },
  },
});
const requests = wholeNumber('requests', values.requests);
const seed = wholeNumber('seed', values.seed);

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number, not ${text}`);
  process.exit(2);
}

const dataDir = await mkdtemp(join(tmpdir(), 'bourse-fuzz-'));
// PostgreSQL runs as another user where this one is root.
await chmod(dataDir, 0o711);
const config: Config = {
  production: false,
  port: 0,
  host: '127.0.0.1',
  dataDir,
  databaseUrl: undefined,
  jwtSecrets: ['a secret for the fuzzer, forty characters'],
  dataKey: 'a data key for the fuzzer, long enough',
  logLevel: 'silent',
  trustProxy: true,
  tls: undefined,
  corsOrigins: [],
  publicUrl: 'http://localhost:3000',
  mail: { type: 'folder', directory: join(dataDir, 'mail') },
  rateLimits: NO_LIMITS,
  redisUrl: undefined,
  breachedPasswords: undefined,
  oidcProviders: [],
  withdrawalHoldHours: 48,
  withdrawalAddressHoldHours: 24,
  custody: { simulatedSecret: 'a secret of the simulated network' },
  demo: false,
};
let stopped = '';
const server = await startServer({
  config,
  log: pino({ level: 'error' }),
  version: '0.0.0',
  onStopped: (why) => {
    stopped = why;
  },
});
const pool = await createPool((await readFile(databaseUrlFile(config), 'utf8')).trim(), {
  maximumPoolSize: 4,
  applicationName: 'fuzz',
});
const unhandled: string[] = [];
process.on('unhandledRejection', (error) => void unhandled.push(String(error)));

const startedAtMs = Date.now();
let shownAtMs = startedAtMs;
console.log(`seed ${seed}, ${requests} requests`);
try {
  const target = {
    baseUrl: `http://127.0.0.1:${server.port}`,
    pool,
    backlog: () => server.exchange.backlog(),
  };
  const result = await fuzz(target, {
    requests,
    seed,
    onBlock(done) {
      if (Date.now() - shownAtMs < PROGRESS_MS) return;
      shownAtMs = Date.now();
      const seconds = (shownAtMs - startedAtMs) / 1_000;
      console.log(`${done} requests, ${seconds.toFixed(0)} s, ${Math.round(done / seconds)} a second`);
    },
  });
  const sockets = await fuzzSockets(target, { frames: Math.ceil(requests / 4), seed });
  const broken = [
    ...result.broken,
    ...sockets.broken,
    ...unhandled,
    ...(stopped === '' ? [] : [`the exchange stopped: ${stopped}`]),
    ...(await brokenInvariants(pool)).map((one) => JSON.stringify(one)),
  ];
  for (const [status, count] of result.statuses) console.log(`  ${String(count).padStart(7)} ${status}`);
  console.log(
    `${result.requests} requests; ${result.accepted.size} routes took something; ` +
      `${result.refusedAndCompared} refused ones left the database as it was`,
  );
  for (const [code, count] of sockets.codes) console.log(`  ${String(count).padStart(7)} ${code}`);
  console.log(
    `${sockets.frames} frames; ${sockets.refusedAndCompared} refused ones left the database as it was`,
  );
  if (broken.length === 0) console.log('every promise was kept');
  else {
    console.error(`\nBROKEN (again with --seed ${seed}):\n\n${broken.join('\n\n')}`);
    process.exitCode = 1;
  }
} finally {
  await pool.end();
  await server.stop('the attack is over');
  await rm(dataDir, { recursive: true, force: true });
}
