import type { ExecutionContext } from 'ava';
import pino from 'pino';
import type { Config } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { createDataDirectory, createTestDatabase, type TestDatabase } from './database.ts';
import { NO_LIMITS } from './limits.ts';

export interface TestExchange extends TestDatabase {
  readonly config: Config;
  readonly server: RunningServer;
  /** For example `http://127.0.0.1:41234`. */
  readonly baseUrl: string;
}

/** A whole exchange with the demo markets, on a database and a port of the test's own; stopped at the test's end. */
export async function startTestExchange(
  t: Pick<ExecutionContext, 'teardown'>,
  change: Partial<Config> = {},
): Promise<TestExchange> {
  const database = await createTestDatabase(t, change.production === true ? 'bourse' : 'bourse_demo');
  const given: Config = {
    production: false,
    port: 0,
    host: '127.0.0.1',
    dataDir: '/nonexistent',
    databaseUrl: database.url,
    jwtSecrets: ['a secret for tests, forty characters long'],
    dataKey: 'a data key for tests, long enough to be one',
    logLevel: 'silent',
    trustProxy: false,
    tls: undefined,
    corsOrigins: [],
    publicUrl: 'http://localhost:3000',
    mail: { type: 'folder', directory: await createDataDirectory(t) },
    rateLimits: NO_LIMITS,
    redisUrl: undefined,
    breachedPasswords: undefined,
    oidcProviders: [],
    withdrawalHoldHours: 24,
    withdrawalAddressHoldHours: 24,
    custody: { simulatedSecret: undefined },
    demo: false,
    ...change,
  };
  const server = await startServer({
    config: given,
    log: pino({ level: 'silent' }),
    version: '0.0.0',
    onStopped: () => {},
  });
  t.teardown(() => server.stop('the test is over'));
  const config = { ...given, port: server.port };
  return { ...database, config, server, baseUrl: `http://127.0.0.1:${server.port}` };
}
