import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { runCli } from '../../src/cli/program.ts';
import { type Config, ConfigError } from '../../src/config.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createDataDirectory, startTestPostgres } from '../support/database.ts';
import { NO_LIMITS } from '../support/limits.ts';
import { bourse } from './run.ts';

/** Nothing answers there: port 1 is nobody's. */
const nowhere: Config = {
  production: false,
  port: 1,
  host: '127.0.0.1',
  dataDir: '/nonexistent',
  databaseUrl: undefined,
  jwtSecrets: ['a secret for tests, forty characters long'],
  dataKey: 'a data key for tests, long enough to be one',
  logLevel: 'silent',
  trustProxy: false,
  tls: undefined,
  corsOrigins: [],
  withdrawalHoldHours: 24,
  withdrawalAddressHoldHours: 24,
  custody: { simulatedSecret: undefined },
  demo: false,
  publicUrl: 'http://localhost:3000',
  mail: { type: 'folder', directory: '/nonexistent' },
  rateLimits: NO_LIMITS,
  redisUrl: undefined,
  breachedPasswords: undefined,
  oidcProviders: [],
};

test('help and version need nothing; a wrong command line ends with 2', async (t) => {
  const help = await bourse(nowhere, ['--help']);
  t.is(help.exitCode, 0);
  for (const command of ['user', 'operator', 'credit', 'market', 'verify', 'replay']) {
    t.true(help.stdout.includes(command));
  }
  t.like(await bourse(nowhere, ['--version']), { exitCode: 0, stdout: '1.2.3\n' });
  for (const args of [
    ['nonsense'],
    ['credit', 'a@example.com'],
    ['verify', '--wrong'],
    ['market', 'add', 'A-B'],
  ]) {
    const result = await bourse(nowhere, args);
    t.is(result.exitCode, 2, args.join(' '));
    t.not(result.stderr, '');
  }
});

test('what can’t be reached is said in a sentence, with exit code 3', async (t) => {
  const exchange = await bourse(nowhere, ['market', 'list', '--json']);
  t.is(exchange.exitCode, 3);
  t.is(JSON.parse(exchange.stderr).error.code, 'exchange_unreachable');

  const database = await bourse(nowhere, ['verify', '--json']);
  t.is(database.exitCode, 3);
  t.is(JSON.parse(database.stderr).error.code, 'database_not_found');

  const databaseUrl = 'postgres://nobody:secret@127.0.0.1:1/none';
  const refused = await bourse({ ...nowhere, databaseUrl }, ['verify']);
  t.is(refused.exitCode, 3);
  t.false(refused.stderr.includes('secret'));
});

test('a wrong environment is said in a sentence, with exit code 2', async (t) => {
  let stderr = '';
  const exitCode = await runCli(['market', 'list'], {
    config: () => {
      throw new ConfigError('PORT must be a whole number');
    },
    version: '',
    stdin: process.stdin,
    stdout: { write: () => {} },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
  });
  t.is(exitCode, 2);
  t.is(stderr, 'bourse: PORT must be a whole number (invalid_configuration)\n');
});

test('the embedded database of an exchange that does not run is started for the command and stopped after it', async (t) => {
  const server = await startTestPostgres(t);
  await migrate(server.url);
  await server.stop();
  const verified = await bourse({ ...nowhere, dataDir: server.dataDir }, ['verify']);
  t.is(verified.exitCode, 0, verified.stderr);
  t.true(verified.stderr.includes('The exchange is not running'));
});

test('the program itself runs', async (t) => {
  const dataDir = await createDataDirectory(t);
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const env = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '', PORT: '1' };
  const version = spawnSync(process.execPath, [cli, '--version'], { env, encoding: 'utf8' });
  t.is(version.status, 0);
  t.regex(version.stdout, /^\d+\.\d+\.\d+\n$/);
  const verified = spawnSync(process.execPath, [cli, 'verify'], { env, encoding: 'utf8' });
  t.is(verified.status, 3);
  t.regex(verified.stderr, /^bourse: There is no database in /);
});
