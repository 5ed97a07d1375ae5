import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'slonik';
import { createDataDirectory, createTestDatabase } from '../support/database.ts';
import { runMain, startServer } from '../support/server.ts';
import { signUpTraders } from '../support/traders.ts';

test('a first start makes the demo markets, a second start keeps them, both end in good order', async (t) => {
  const dataDir = await createDataDirectory(t);
  for (const run of [1, 2]) {
    const server = await startServer(t, { DATA_DIR: dataDir, DATA_KEY: '' });
    const { markets } = (await (await fetch(`${server.url}/v1/markets`)).json()) as {
      markets: { symbol: string }[];
    };
    t.deepEqual(
      markets.map(({ symbol }) => symbol),
      ['BTC-USDT', 'ETH-USDT', 'ETH-BTC'],
      `start ${run}`,
    );
    for (const secret of ['jwt.secret', 'data.key', 'database.url']) {
      t.is((await stat(join(dataDir, secret))).mode & 0o077, 0, `nobody else reads ${secret}`);
    }
    t.like(await server.kill('SIGTERM'), { code: 0, signal: null, stderr: '' });
    await t.throwsAsync(readFile(join(dataDir, 'database.url')), { code: 'ENOENT' });
    await t.throwsAsync(readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid')), { code: 'ENOENT' });
  }
});

test('in production a missing secret is refused at start, with a clear message', async (t) => {
  const dataDir = await createDataDirectory(t);
  const env = { NODE_ENV: 'production', DATA_DIR: dataDir };
  const { code, stderr } = await runMain(t, env).exited;
  t.is(code, 2);
  t.regex(stderr, /^bourse: NODE_ENV=production: JWT_SECRET must have at least 32 characters/);
  const nothing = await runMain(t, { NODE_ENV: 'production' }).exited;
  t.regex(nothing.stderr, /JWT_SECRET .*DATABASE_URL \(or DATA_DIR/);
  const short = await runMain(t, { ...env, JWT_SECRET: 'short' }).exited;
  t.is(short.code, 2);
  t.false(short.stderr.includes('short\n'), 'the secret itself is not told');
});

test('in production nothing is created that was not asked for, and money is not made', async (t) => {
  const { url: databaseUrl, pool } = await createTestDatabase(t);
  const env = {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    JWT_SECRET: 'x'.repeat(40),
    PUBLIC_URL: 'https://trade.example.com',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'exchange@example.com',
  };
  const server = await startServer(t, env);
  t.deepEqual(await (await fetch(`${server.url}/v1/markets`)).json(), { markets: [] });
  await t.throwsAsync(signUpTraders(server.url, pool, 1), { message: /simulated_deposits_disabled/ });
  t.deepEqual(await pool.anyFirst(sql.unsafe`select count(*) from message_log`), [0n]);
  t.is((await server.kill('SIGTERM')).code, 0);
});

test('a database that is not there is told, and nothing is left running', async (t) => {
  const { url } = await createTestDatabase(t);
  const wrong = new URL(url);
  wrong.password = 'wrong';
  const { code, stderr } = await runMain(t, { DATABASE_URL: wrong.href, JWT_SECRET: 'x'.repeat(40) }).exited;
  t.is(code, 1);
  t.regex(stderr, /^bourse: could not start: .*password/);
  t.false(stderr.includes('wrong@'), 'the password is not told');
});

test('a port that is taken is told, and the database is free again', async (t) => {
  const dataDir = await createDataDirectory(t);
  const squatter = createServer().listen(0, '127.0.0.1');
  t.teardown(() => squatter.close());
  await once(squatter, 'listening');
  const PORT = String((squatter.address() as AddressInfo).port);
  const { code, stderr } = await runMain(t, { DATA_DIR: dataDir, PORT }).exited;
  t.is(code, 1);
  t.regex(stderr, /EADDRINUSE/);
  await t.throwsAsync(readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid')), { code: 'ENOENT' });
});

test('a first start that was killed half-way is taken up by the next', async (t) => {
  const dataDir = await createDataDirectory(t);
  const { child, exited, lines } = runMain(t, { DATA_DIR: dataDir });
  lines.on('line', (line) => {
    if (line.includes('"migrated"')) child.kill('SIGKILL');
  });
  t.is((await exited).signal, 'SIGKILL');
  const server = await startServer(t, { DATA_DIR: dataDir });
  const { markets } = (await (await fetch(`${server.url}/v1/markets`)).json()) as { markets: object[] };
  t.is(markets.length, 3);
  t.is((await server.kill('SIGTERM')).code, 0);
});

test('an error that nobody caught is logged with where it came from, and ends the exchange', async (t) => {
  const { url: databaseUrl } = await createTestDatabase(t);
  const plants = {
    uncaughtException: "process.on('SIGUSR2',()=>{throw new Error('planted')})",
    unhandledRejection: "process.on('SIGUSR2',()=>{Promise.reject(new Error('planted'))})",
  };
  for (const [origin, plant] of Object.entries(plants)) {
    const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(plant)}`;
    const server = await startServer(t, {
      DATABASE_URL: databaseUrl,
      DATA_DIR: await createDataDirectory(t),
      NODE_OPTIONS,
    });
    const logged = server.logged('an unexpected error: the exchange ends');
    const exit = await server.kill('SIGUSR2');
    t.like(exit, { code: 70, signal: null, stderr: '' });
    t.like(await logged, { level: 60, origin, err: { message: 'planted' } });
  }
});
