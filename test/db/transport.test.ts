import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { sql } from 'slonik';
import { type Config, readConfig } from '../../src/config.ts';
import { classifyDatabaseError } from '../../src/db/errors.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import {
  DatabaseTransportError,
  isInTheClear,
  readTransport,
  trustsAnybody,
} from '../../src/db/transport.ts';
import { bourse } from '../cli/run.ts';
import { startTestPostgres } from '../support/database.ts';
import { type CertificateName, tlsFile, tlsText } from '../support/tls/certificates.ts';

/** A real PostgreSQL that speaks TLS with a certificate; the answer changes its address. */
async function startTlsPostgres(t: ExecutionContext) {
  const postgres = await startTestPostgres(t);
  const data = join(postgres.dataDir, 'postgres', 'data');
  // PostgreSQL may run as another user than the tests, and wants its key for itself.
  const { uid, gid } = await stat(data);
  async function present(name: CertificateName): Promise<void> {
    for (const file of [`${name}.pem`, `${name}.key`] as const) {
      await writeFile(join(data, file), tlsText(file), { mode: 0o600 });
      if (process.getuid?.() === 0) await chown(join(data, file), uid, gid);
    }
    const client = new pg.Client(postgres.url);
    await client.connect();
    await client.query(`alter system set ssl_cert_file = '${name}.pem'`);
    await client.query(`alter system set ssl_key_file = '${name}.key'`);
    await client.query('alter system set ssl = on');
    await client.query('select pg_reload_conf()');
    await client.end();
    // The postmaster reads its settings a moment later; until then it may refuse or show the certificate before.
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const probe = new pg.Client({
        connectionString: postgres.url,
        ssl: {
          ca: tlsText('authority.pem'),
          checkServerIdentity: (_host, { subject }) =>
            subject.CN === name ? undefined : new Error('not yet this one'),
        },
      });
      const isThere = await probe.connect().then(
        () => true,
        () => false,
      );
      await probe.end();
      if (isThere) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('PostgreSQL does not show its new certificate');
  }
  function address(parameters: Record<string, string>, host = '127.0.0.1'): string {
    const url = new URL(postgres.url);
    url.hostname = host;
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }
  return { ...postgres, present, address };
}

/** Whether a pool's connection is encrypted, as PostgreSQL sees it. */
async function isEncrypted(url: string): Promise<unknown> {
  const pool = await createPool(url, { maximumPoolSize: 1 });
  try {
    return await pool.oneFirst(sql.unsafe`select ssl from pg_stat_ssl where pid = pg_backend_pid()`);
  } finally {
    await pool.end();
  }
}

const nowhere: Config = { ...readConfig({ JWT_SECRET: 'x'.repeat(32) }), dataDir: '/nonexistent' };
const sslrootcert = tlsFile('authority.pem');
const untrusted = { message: /certificate/ };
const otherName = { message: /Hostname\/IP does not match|IP: .* is not in the cert|Host: .* is not/ };

test('PostgreSQL is verified by pools and migrations alike: its authority and its name', async (t) => {
  const postgres = await startTlsPostgres(t);
  await postgres.present('first');
  const plain = await migrate(postgres.url);
  t.true(plain.length > 0);
  t.false(await isEncrypted(postgres.url), 'who asks for nothing gets none');

  for (const sslmode of ['require', 'verify-ca', 'verify-full']) {
    const good = postgres.address({ sslmode, sslrootcert });
    t.true(await isEncrypted(good), sslmode);
    t.deepEqual(await migrate(good), []);
    for (const bad of [{ sslmode }, { sslmode, sslrootcert: tlsFile('other-authority.pem') }]) {
      await t.throwsAsync(isEncrypted(postgres.address(bad)), untrusted, JSON.stringify(bad));
      await t.throwsAsync(migrate(postgres.address(bad)), untrusted, JSON.stringify(bad));
    }
  }
  t.true(await isEncrypted(postgres.address({ sslrootcert })), 'an authority alone is verified against');
  t.true(await isEncrypted(postgres.address({ sslrootcert }, 'localhost')));
  t.true(await isEncrypted(postgres.address({ sslmode: 'no-verify' })));
  t.false(await isEncrypted(postgres.address({ sslmode: 'disable' })));

  for (const [certificate, host] of [
    ['elsewhere', '127.0.0.1'],
    ['elsewhere', 'localhost'],
    // Told no name, Node would look for localhost: whoever hands it the socket must say the address.
    ['name-only', '127.0.0.1'],
  ] as const) {
    await postgres.present(certificate);
    const address = postgres.address({ sslmode: 'require', sslrootcert }, host);
    await t.throwsAsync(isEncrypted(address), otherName, `${certificate} at ${host}`);
    await t.throwsAsync(migrate(address), otherName, `${certificate} at ${host}`);
  }
  t.true(await isEncrypted(postgres.address({ sslrootcert }, 'localhost')));
});

test('a PostgreSQL without TLS is not spoken to in the clear by who asked for TLS', async (t) => {
  const postgres = await startTestPostgres(t);
  const url = new URL(postgres.url);
  url.searchParams.set('sslmode', 'require');
  await t.throwsAsync(createPool(url.href, { maximumPoolSize: 1 }), { message: /does not support SSL/ });
  await t.throwsAsync(migrate(url.href), { message: /does not support SSL/ });
});

test('a certificate that turns wrong while the exchange runs is a database that is away, not a bug', async (t) => {
  const postgres = await startTlsPostgres(t);
  await postgres.present('first');
  const address = postgres.address({ sslmode: 'verify-full', sslrootcert });
  const pool = await createPool(address, { maximumPoolSize: 1 });
  t.teardown(() => pool.end());
  await postgres.present('elsewhere');
  const hangUp = sql.unsafe`select pg_terminate_backend(pg_backend_pid())`;
  const select = sql.unsafe`select 1`;
  t.is(classifyDatabaseError(await t.throwsAsync(pool.any(hangUp))), 'unavailable');
  t.is(classifyDatabaseError(await t.throwsAsync(pool.any(select))), 'unavailable');
  const told = await bourse({ ...nowhere, databaseUrl: address }, ['verify', '--json']);
  t.is(told.exitCode, 3);
  t.like(JSON.parse(told.stderr).error, { code: 'database_untrusted' });
  await postgres.present('first');
  t.is(await pool.oneFirst(select), 1);
});

test('an address says plainly what it asks for', (t) => {
  const at = (query: string) => readTransport(`postgres://u:p@db/x?${query}`);
  t.deepEqual(at('application_name=a'), { url: 'postgres://u:p@db/x?application_name=a', ssl: false });
  t.deepEqual(at('sslmode=disable&application_name=a').url, 'postgres://u:p@db/x?application_name=a');
  t.like(at('ssl=true').ssl, { rejectUnauthorized: true });
  t.is(at('ssl=0').ssl, false);
  t.like(at('sslrootcert=system').ssl, { rejectUnauthorized: true, ca: undefined });
  const own = at(`sslmode=require&sslcert=${tlsFile('first.pem')}&sslkey=${tlsFile('first.key')}`);
  t.like(own.ssl, { cert: tlsText('first.pem'), key: tlsText('first.key') });
  t.true(trustsAnybody(at('sslmode=no-verify')));
  t.false(trustsAnybody(at('sslmode=require')));
  t.true(isInTheClear(at('sslmode=disable')));
  t.false(isInTheClear(at('sslmode=require')));
  for (const host of ['localhost', '127.0.0.1', '[::1]'])
    t.false(isInTheClear(readTransport(`postgres://u:p@${host}:5432/x`)), host);
  t.true(isInTheClear(readTransport('postgres://localhost.example/x')));
  for (const [query, message] of [
    ['sslmode=prefer', /^sslmode must be one of/],
    ['sslmode=allow', /^sslmode must be one of/],
    ['sslmode=', /^sslmode must be one of/],
    ['ssl=maybe', /^sslmode must be one of/],
    ['sslmode=disable&sslrootcert=x', /does not go with/],
    ['sslmode=no-verify&sslrootcert=x', /does not go with/],
    ['sslrootcert=/nonexistent.pem', /^\/nonexistent\.pem can’t be read \(ENOENT\)$/],
    [`sslrootcert=${import.meta.filename}`, /is not a PEM file$/],
    [`sslmode=require&sslcert=${tlsFile('first.pem')}`, /must be given together/],
  ] as const) {
    t.throws(() => at(query), { instanceOf: DatabaseTransportError, message }, query);
  }
});
