import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import test from 'ava';
import { readCertificatePair } from '../../src/http/certificate.ts';
import { AUTHORITY, type CertificateName, tlsFile } from '../support/tls/certificates.ts';
import { tlsRequest } from '../support/tls/request.ts';
import { exchangeThatIs, startGateway, type TestGateway } from './gateway.ts';

function pair(name: CertificateName) {
  return readCertificatePair({ certificateFile: tlsFile(`${name}.pem`), keyFile: tlsFile(`${name}.key`) });
}

const certificate = pair('first');
const portOf = (gateway: TestGateway) => Number(new URL(gateway.url).port);

/** What comes back over a connection until the server closes it, and after how many milliseconds that was. */
async function untilClosed(socket: net.Socket): Promise<{ answer: string; afterMs: number }> {
  const startedAtMs = performance.now();
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  // A reset is an end as well.
  socket.on('error', () => {});
  await once(socket, 'close');
  return { answer, afterMs: performance.now() - startedAtMs };
}

async function connectTls(gateway: TestGateway): Promise<tls.TLSSocket> {
  const socket = tls.connect({ port: portOf(gateway), host: '127.0.0.1', ca: AUTHORITY });
  await once(socket, 'secureConnect');
  return socket;
}

test('with a certificate the port speaks HTTPS, from TLS 1.2 on, and asks for nothing else from then on', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true), { transport: { certificate } });
  const url = `${gateway.url}/health/live`;
  const reply = await tlsRequest(url);
  t.like(reply, { status: 200, certificate: 'first', protocol: 'TLSv1.3' });
  t.is(reply.headers['strict-transport-security'], 'max-age=31536000');
  t.is(reply.headers['x-content-type-options'], 'nosniff');
  t.is((await tlsRequest(url, { maxVersion: 'TLSv1.2' })).protocol, 'TLSv1.2');
  // Level 0 has the client offer what it would not by itself: the refusal is the server's.
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await t.throwsAsync(tlsRequest(url, old), { message: /alert protocol version/ });
  await t.throwsAsync(tlsRequest(url, { ca: [] }), { message: /certificate/ });
});

test('over TLS 1.2 only forward secrecy with authenticated encryption is agreed upon, also with a new certificate', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true), { transport: { certificate } });
  const url = `${gateway.url}/health/live`;
  const refused = ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384'];
  const taken = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'];
  for (const name of ['first', 'second'] as const) {
    gateway.useCertificate(pair(name));
    for (const ciphers of refused)
      await t.throwsAsync(tlsRequest(url, { maxVersion: 'TLSv1.2', ciphers }), {
        message: /handshake failure/,
      });
    for (const ciphers of taken)
      t.is((await tlsRequest(url, { maxVersion: 'TLSv1.2', ciphers })).protocol, 'TLSv1.2', ciphers);
  }
});

test('HSTS is told over TLS only: here, or at a proxy that is trusted', async (t) => {
  const headers = { 'x-forwarded-proto': 'https' };
  const hsts = async (gateway: TestGateway, sent = {}) =>
    (await gateway.request('GET', '/health/live', { headers: sent })).headers.get(
      'strict-transport-security',
    );
  const plain = await startGateway(t, exchangeThatIs(true));
  t.is(await hsts(plain), null);
  t.is(await hsts(plain, headers), null, 'anybody can write this header');
  const proxied = await startGateway(t, exchangeThatIs(true), { transport: { trustProxy: true } });
  t.is(await hsts(proxied), null);
  t.is(await hsts(proxied, { 'x-forwarded-proto': 'http' }), null);
  t.is(await hsts(proxied, headers), 'max-age=31536000');
});

test('a new certificate is for new connections, and those there are go on', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true), { transport: { certificate } });
  const old = await connectTls(gateway);
  gateway.useCertificate(pair('second'));
  t.is((await tlsRequest(`${gateway.url}/health/live`)).certificate, 'second');
  const old11 = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await t.throwsAsync(tlsRequest(gateway.url, old11), { message: /alert protocol version/ });
  t.is(old.getPeerCertificate().subject.CN, 'first');
  old.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  t.regex((await untilClosed(old)).answer, /^HTTP\/1\.1 200/);
});

test('plain HTTP and nonsense on the TLS port end the connection and nothing else', async (t) => {
  // The last of them looks like the beginning of a handshake, whose rest is waited for.
  const transport = { certificate, timeouts: { handshakeMs: 1_000 } };
  const gateway = await startGateway(t, exchangeThatIs(true), { transport });
  for (const text of [
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'hello\r\n\r\n',
    '\u0016\u0003\u0001\u0000\u0001x',
  ]) {
    const socket = net.connect(portOf(gateway), '127.0.0.1');
    socket.write(text);
    const { answer } = await untilClosed(socket);
    t.notRegex(answer, /HTTP/);
  }
  const malformed = await connectTls(gateway);
  malformed.write('hello\r\n\r\n');
  t.regex((await untilClosed(malformed)).answer, /^HTTP\/1\.1 400.*malformed_request/s);
  t.is((await tlsRequest(`${gateway.url}/health/live`)).status, 200);
});

test('who is slow with TLS, with headers or with a body is cut off', async (t) => {
  const timeouts = { handshakeMs: 400, headersMs: 600, requestMs: 900 };
  const gateway = await startGateway(t, exchangeThatIs(true), { transport: { certificate, timeouts } });
  const silent = untilClosed(net.connect(portOf(gateway), '127.0.0.1'));
  const noHeaders = untilClosed(await connectTls(gateway));
  const half = await connectTls(gateway);
  half.write('POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n');
  const halfHeaders = untilClosed(half);
  const body = await connectTls(gateway);
  body.write(
    'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  );
  const halfBody = untilClosed(body);
  t.is((await silent).answer, '');
  t.regex((await noHeaders).answer, /^HTTP\/1\.1 408.*request_timeout/s);
  t.regex((await halfHeaders).answer, /^HTTP\/1\.1 408.*request_timeout/s);
  t.regex((await halfBody).answer, /^HTTP\/1\.1 408.*request_timeout/s);
  for (const { afterMs } of await Promise.all([silent, noHeaders, halfHeaders, halfBody])) {
    t.true(afterMs > 200 && afterMs < 8_000, `after ${afterMs} ms`);
  }
});

test('closing waits neither for handshakes under way nor for connections without a request', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true), { transport: { certificate } });
  const handshake = net.connect(portOf(gateway), '127.0.0.1');
  await once(handshake, 'connect');
  const idle = await connectTls(gateway);
  const ended = [untilClosed(handshake), untilClosed(idle)];
  // The server may have heard of the newest connection only after its client has.
  await tlsRequest(`${gateway.url}/health/live`);
  const startedAtMs = performance.now();
  await gateway.close();
  await Promise.all(ended);
  t.true(performance.now() - startedAtMs < 5_000);
});
