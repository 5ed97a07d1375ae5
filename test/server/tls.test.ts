import { copyFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { WebSocket } from 'ws';
import { readConfig } from '../../src/config.ts';
import { bourse } from '../cli/run.ts';
import { createDataDirectory, createTestDatabase } from '../support/database.ts';
import { runMain, startServer } from '../support/server.ts';
import { AUTHORITY, type CertificateName, tlsFile } from '../support/tls/certificates.ts';
import { tlsRequest } from '../support/tls/request.ts';

const RELOADED = 'the TLS certificate was reloaded';
const REFUSED = 'the new TLS certificate can’t be used, the one before stays';

/** The variables of an exchange with a certificate in files of the test's own, and the way to change them. */
async function certificateFiles(t: ExecutionContext) {
  const directory = await createDataDirectory(t);
  const env = { TLS_CERT: join(directory, 'server.pem'), TLS_KEY: join(directory, 'server.key') };
  /** As tools do that renew certificates: a new file in the place of the old one. */
  async function put(name: CertificateName, file: 'pem' | 'key'): Promise<void> {
    const target = file === 'pem' ? env.TLS_CERT : env.TLS_KEY;
    await copyFile(tlsFile(`${name}.${file}`), `${target}.new`);
    await rename(`${target}.new`, target);
  }
  await put('first', 'pem');
  await put('first', 'key');
  return { env, put };
}

async function startSecureServer(t: ExecutionContext) {
  const { env, put } = await certificateFiles(t);
  const { url: DATABASE_URL } = await createTestDatabase(t, 'bourse_demo');
  const variables = { ...env, DATABASE_URL, JWT_SECRET: 'x'.repeat(40) };
  const server = await startServer(t, variables);
  const url = server.url.replace('http:', 'https:');
  const certificate = async () => (await tlsRequest(`${url}/health/live`)).certificate;
  return { ...server, url, put, certificate, variables, files: env };
}

test('HTTPS, WSS and the command line, over one certificate that changes while they run', async (t) => {
  const server = await startSecureServer(t);
  t.is((await tlsRequest(`${server.url}/v1/markets`)).status, 200);
  const socket = new WebSocket(`${server.url.replace('https', 'wss')}/ws`, { ca: AUTHORITY });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));

  const config = readConfig({ ...server.variables, PORT: new URL(server.url).port });
  const listed = await bourse(config, ['market', 'list', '--json']);
  t.is(listed.exitCode, 0, listed.stderr);
  t.true(listed.stdout.includes('ETH-BTC'));
  t.is((await bourse(config, ['market', 'halt', 'BTC-USDT'])).exitCode, 0, 'the operator’s token goes there');

  const changed = server.logged(RELOADED);
  await server.put('second', 'pem');
  await server.put('second', 'key');
  t.like(await changed, { level: 30, certificateFile: server.files.TLS_CERT });
  t.is(await server.certificate(), 'second');
  t.is((await bourse(config, ['market', 'list'])).exitCode, 0);

  const mismatched = server.logged(REFUSED);
  await server.put('first', 'key');
  const refusal = await mismatched;
  t.is(refusal.level, 50);
  t.regex((refusal.err as Error).message, /the key in .*server\.key is not that of the certificate in/);
  t.false(JSON.stringify(refusal).includes('PRIVATE KEY'));
  t.is(await server.certificate(), 'second');
  const impostor = await bourse(
    { ...config, tls: { ...config.tls!, certificateFile: tlsFile('first.pem') } },
    ['market', 'list', '--json'],
  );
  t.is(impostor.exitCode, 3);
  t.is(JSON.parse(impostor.stderr).error.code, 'exchange_untrusted');

  const pong = new Promise((resolve) => socket.on('message', (data) => resolve(JSON.parse(String(data)).id)));
  socket.send('{"id":1,"method":"ping"}');
  t.is(await pong, 1, 'a running connection goes on');
  socket.terminate();
  t.is((await server.kill('SIGTERM')).code, 0);
});

test('SIGHUP reads the certificate at once, and a broken one is not taken', async (t) => {
  const server = await startSecureServer(t);
  const hangUp = async (message: string) => {
    const logged = server.logged(message);
    process.kill(server.pid, 'SIGHUP');
    return logged;
  };
  await hangUp(RELOADED);
  t.is(await server.certificate(), 'first');
  await server.put('second', 'pem');
  await hangUp(REFUSED);
  t.is(await server.certificate(), 'first');
  await writeFile(server.files.TLS_CERT, 'no certificate');
  t.regex(((await hangUp(REFUSED)).err as Error).message, /has no certificate in PEM form/);
  t.is(await server.certificate(), 'first');
  await server.put('second', 'pem');
  await server.put('second', 'key');
  await hangUp(RELOADED);
  t.is(await server.certificate(), 'second');
  t.is((await server.kill('SIGTERM')).code, 0);
});

test('a certificate that can’t be used is refused at start, before anything else', async (t) => {
  const DATA_DIR = await createDataDirectory(t);
  const given = { DATA_DIR, TLS_CERT: tlsFile('first.pem'), TLS_KEY: tlsFile('first.key') };
  for (const [env, message] of [
    [{ TLS_KEY: '' }, /^bourse: TLS_CERT and TLS_KEY must be set together, or neither\n$/],
    [
      { TLS_KEY: tlsFile('second.key') },
      /^bourse: TLS_CERT and TLS_KEY: the key in .* is not that of the cert/,
    ],
    [{ TLS_CERT: '/nonexistent.pem' }, /^bourse: .*: \/nonexistent\.pem can’t be read \(ENOENT\)\n$/],
    [{ TLS_KEY: tlsFile('first.pem') }, /^bourse: .*first\.pem has no private key in PEM form/],
    [{ TLS_CERT: tlsFile('first.key') }, /^bourse: .*first\.key has no certificate in PEM form/],
  ] as const) {
    const { code, stderr } = await runMain(t, { ...given, ...env }).exited;
    t.is(code, 2, stderr);
    t.regex(stderr, message);
    t.false(stderr.includes('PRIVATE KEY'));
  }
});

test('without a certificate SIGHUP ends the exchange, as it does any program of a terminal', async (t) => {
  const { child, exited } = runMain(t, { DATA_DIR: await createDataDirectory(t) });
  await delay(500);
  child.kill('SIGHUP');
  t.is((await exited).signal, 'SIGHUP');
});
