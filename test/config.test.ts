import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ConfigError, readConfig } from '../src/config.ts';
import { databaseUrlFile } from '../src/data-directory.ts';
import { tlsFile } from './support/tls/certificates.ts';

const SECRET = 'x'.repeat(32);

async function directory(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'bourse-config-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('in development everything has a default, and the secret is made once and kept for its owner only', async (t) => {
  const dataDir = join(await directory(t), 'new');
  const config = readConfig({ DATA_DIR: dataDir });
  t.like(config, { production: false, port: 3000, host: '0.0.0.0', dataDir, databaseUrl: undefined });
  t.true(config.jwtSecrets[0].length >= 32);
  t.is(readConfig({ DATA_DIR: dataDir }).jwtSecrets[0], config.jwtSecrets[0]);
  t.is((await stat(join(dataDir, 'jwt.secret'))).mode & 0o777, 0o600);
  t.is((await readFile(join(dataDir, 'jwt.secret'), 'utf8')).trim(), config.jwtSecrets[0]);
  t.is(databaseUrlFile(config), join(dataDir, 'database.url'));
});

test('two development exchanges never share a secret', async (t) => {
  const secrets = await Promise.all(
    [1, 2].map(async () => readConfig({ DATA_DIR: await directory(t) }).jwtSecrets[0]),
  );
  t.not(secrets[0], secrets[1]);
});

test('what is given is taken; an empty variable is one that was not set', async (t) => {
  const DATA_DIR = await directory(t);
  const env = {
    DATA_DIR,
    PORT: '0',
    HOST: '127.0.0.1',
    JWT_SECRET: SECRET,
    JWT_ACCEPTED_SECRETS: `${'y'.repeat(32)}, ${'z'.repeat(40)}`,
    DATABASE_URL: 'postgres://user:pass@db:5432/bourse',
    LOG_LEVEL: 'warn',
    TRUST_PROXY: 'on',
  };
  t.like(readConfig(env), {
    port: 0,
    host: '127.0.0.1',
    jwtSecrets: [SECRET, 'y'.repeat(32), 'z'.repeat(40)],
    databaseUrl: env.DATABASE_URL,
    logLevel: 'warn',
    trustProxy: true,
  });
  t.like(readConfig({ ...env, PORT: '', DATABASE_URL: '', LOG_LEVEL: '' }), {
    port: 3000,
    databaseUrl: undefined,
    logLevel: 'info',
  });
});

test('in production nothing secret has a default and nothing is written', async (t) => {
  const DATA_DIR = await directory(t);
  const env = { NODE_ENV: 'production', DATA_DIR };
  t.throws(() => readConfig(env), { instanceOf: ConfigError, message: /production: JWT_SECRET/ });
  t.throws(() => readConfig({ ...env, JWT_SECRET: SECRET }), { message: /production: DATA_KEY/ });
  const DATA_KEY = SECRET;
  t.throws(() => readConfig({ NODE_ENV: 'production', JWT_SECRET: SECRET, DATA_KEY }), {
    message: /DATABASE_URL \(or DATA_DIR/,
  });
  await writeFile(join(DATA_DIR, 'jwt.secret'), 'y'.repeat(40));
  t.throws(
    () => readConfig(env),
    { instanceOf: ConfigError },
    'the secret of a development is not taken over',
  );
  t.throws(() => readConfig({ ...env, JWT_SECRET: SECRET, DATA_KEY }), { message: /PUBLIC_URL must be/ });
  const smtp = { SMTP_URL: 'smtps://mail.example.com', MAIL_FROM: 'exchange@example.com' };
  const secrets = { JWT_SECRET: SECRET, DATA_KEY, PUBLIC_URL: 'https://trade.example.com', ...smtp };
  t.throws(() => readConfig({ ...env, ...secrets, SMTP_URL: '' }), {
    message: /production: SMTP_URL must be/,
  });
  t.throws(() => readConfig({ ...env, ...secrets, MAIL_FROM: '' }), {
    message: /production: MAIL_FROM must be/,
  });
  t.throws(() => readConfig({ DATA_DIR, ...smtp, MAIL_FROM: '' }), { message: /set together, or neither/ });
  t.deepEqual(readConfig({ ...env, ...secrets }).mail, {
    type: 'smtp',
    url: smtp.SMTP_URL,
    from: smtp.MAIL_FROM,
  });
  t.true(readConfig({ ...env, ...secrets }).production);
  t.true(readConfig({ NODE_ENV: 'production', ...secrets, DATABASE_URL: 'postgresql://db/x' }).production);
});

for (const [name, values] of Object.entries({
  PORT: ['-1', '65536', '1.5', 'x', '3000 x', '1e9'],
  DATABASE_URL: ['mysql://db/x', 'nonsense', 'http://db'],
  CORS_ORIGINS: [
    '*',
    'null',
    'trade.example.com',
    'https://trade.example.com/',
    'https://trade.example.com:443',
    'https://Trade.example.com',
    'ftp://trade.example.com',
    'https://a.example,,https://b.example',
    'https://*.example.com',
  ],
  JWT_SECRET: ['short'],
  JWT_ACCEPTED_SECRETS: ['too short', `${SECRET},`, `${SECRET},too short`],
  DATA_KEY: ['too short'],
  PUBLIC_URL: ['trade.example.com', 'https://trade.example.com/', 'https://TRADE.example.com', '*'],
  SMTP_URL: ['mail.example.com', 'http://mail.example.com', 'smtp://', 'smtp://a b', 'smtp://x/?tls=no'],
  MAIL_FROM: ['nobody', 'a@example.com\nBcc: b@example.com', 'Us <a@example.com>'],
  LOG_LEVEL: ['loud', 'INFO'],
  TRUST_PROXY: ['yes', 'true', '1'],
  WITHDRAWAL_HOLD_HOURS: ['-1', '721', '1.5', 'a day'],
  WITHDRAWAL_ADDRESS_HOLD_HOURS: ['-1', '721', '1.5', 'a day'],
})) {
  test(`a wrong ${name} is told by name, without its value`, async (t) => {
    const DATA_DIR = await directory(t);
    for (const value of values) {
      const error = t.throws(
        () => readConfig({ DATA_DIR, [name]: value }),
        { instanceOf: ConfigError },
        value,
      );
      t.regex(error?.message ?? '', new RegExp(`^${name} must`));
      if (/SECRET|DATA_KEY/.test(name)) t.false(error?.message.includes(value));
    }
  });
}

test('a certificate and its key come together, and origins in a list', async (t) => {
  const DATA_DIR = await directory(t);
  t.like(readConfig({ DATA_DIR }), { tls: undefined, corsOrigins: [], publicUrl: 'http://localhost:3000' });
  t.is(readConfig({ DATA_DIR }).withdrawalHoldHours, 24);
  t.is(readConfig({ DATA_DIR, WITHDRAWAL_HOLD_HOURS: '48' }).withdrawalHoldHours, 48);
  t.like(readConfig({ DATA_DIR, WITHDRAWAL_ADDRESS_HOLD_HOURS: '72' }), {
    withdrawalHoldHours: 24,
    withdrawalAddressHoldHours: 72,
  });
  const message = 'TLS_CERT and TLS_KEY must be set together, or neither';
  t.throws(() => readConfig({ DATA_DIR, TLS_CERT: 'a.pem' }), { instanceOf: ConfigError, message });
  t.throws(() => readConfig({ DATA_DIR, TLS_KEY: 'a.key', TLS_CERT: '' }), { message });
  const CORS_ORIGINS = 'https://a.example, http://localhost:5173';
  t.like(readConfig({ DATA_DIR, TLS_CERT: '/a.pem', TLS_KEY: '/a.key', CORS_ORIGINS }), {
    tls: { certificateFile: '/a.pem', keyFile: '/a.key' },
    corsOrigins: ['https://a.example', 'http://localhost:5173'],
  });
});

test('how PostgreSQL is verified is clear before it is asked', async (t) => {
  const DATA_DIR = await directory(t);
  const given = { DATA_DIR, JWT_SECRET: SECRET, DATA_KEY: SECRET, DATABASE_URL: 'postgres://u:p@db/x' };
  const DATABASE_CA = tlsFile('authority.pem');
  const production = {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://trade.example.com',
    SMTP_URL: 'smtp://localhost',
    MAIL_FROM: 'exchange@example.com',
  };
  const url = new URL(readConfig({ ...given, DATABASE_CA }).databaseUrl!);
  t.is(url.searchParams.get('sslrootcert'), DATABASE_CA);
  const sslmode = (mode: string) => ({ ...given, DATABASE_URL: `postgres://u:p@db/x?sslmode=${mode}` });
  t.truthy(readConfig({ ...sslmode('verify-full'), DATABASE_CA, ...production }).databaseUrl);
  t.truthy(readConfig(sslmode('no-verify')).databaseUrl);
  for (const [env, message] of [
    [{ ...sslmode('no-verify'), ...production }, /DATABASE_URL must not have sslmode=no-verify$/],
    [sslmode('prefer'), /^DATABASE_URL: sslmode must be one of/],
    [{ ...sslmode('disable'), DATABASE_CA }, /^DATABASE_URL with DATABASE_CA: sslmode=disable does not go/],
    [
      { ...given, DATABASE_CA: '/nonexistent.pem' },
      /^DATABASE_URL with DATABASE_CA: .* can’t be read \(ENOENT\)$/,
    ],
    [{ DATA_DIR, DATABASE_CA }, /^DATABASE_CA needs a DATABASE_URL$/],
  ] as const) {
    t.throws(() => readConfig(env), { instanceOf: ConfigError, message });
  }
});

test('all that is wrong is told at once', async (t) => {
  const DATA_DIR = await directory(t);
  t.throws(() => readConfig({ DATA_DIR, PORT: 'x', TRUST_PROXY: 'x' }), { message: /PORT .*; TRUST_PROXY / });
});

test('networks are read from a file, and need the words that their keys come from', async (t) => {
  const dataDir = await directory(t);
  const file = join(dataDir, 'networks.json');
  const CUSTODY_MNEMONIC = `${'abandon '.repeat(11)}about`;
  const env = { DATA_DIR: dataDir, CUSTODY_NETWORKS: file };
  await writeFile(file, '{"bitcoin":{"rpcUrl":"http://127.0.0.1:18443","network":"regtest"}}');
  t.throws(() => readConfig(env), { message: /needs CUSTODY_MNEMONIC/ });
  t.throws(() => readConfig({ ...env, CUSTODY_MNEMONIC: 'abandon abandon' }), { message: /12 to 24 words/ });
  t.like(readConfig({ ...env, CUSTODY_MNEMONIC }).custody.networks, {
    bitcoin: { network: 'regtest', confirmations: 3, asset: 'BTC' },
  });
  await writeFile(file, '{"bitcoin":{"rpcUrl":"ftp://127.0.0.1"}}');
  t.throws(() => readConfig({ ...env, CUSTODY_MNEMONIC }), {
    message: /^CUSTODY_NETWORKS: .*bitcoin\.rpcUrl/,
  });
  await writeFile(file, '{"dogecoin":{}}');
  t.throws(() => readConfig({ ...env, CUSTODY_MNEMONIC }), { message: /dogecoin/ });
  t.truthy(readConfig({ DATA_DIR: dataDir }).custody.simulatedSecret);
  t.is(readConfig({ DATA_DIR: dataDir, SIMULATED_NETWORK: 'off' }).custody.simulatedSecret, undefined);
});

test('people and traders are made up only where nothing is somebody else’s, and never in production', async (t) => {
  const DATA_DIR = await directory(t);
  t.true(readConfig({ DATA_DIR }).demo);
  t.false(readConfig({ DATA_DIR, DEMO: 'off' }).demo);
  const databases = { DATA_DIR, DATABASE_URL: 'postgres://user:pass@localhost:5432/bourse' };
  t.false(readConfig(databases).demo);
  t.true(readConfig({ ...databases, DEMO: 'on' }).demo);
  t.false(readConfig({ ...databases, TLS_CERT: 'a', TLS_KEY: 'b' }).demo);
  t.throws(() => readConfig({ ...databases, NODE_ENV: 'production', DEMO: 'on' }), {
    message: /DEMO must be off/,
  });
});
