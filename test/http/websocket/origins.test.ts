import https from 'node:https';
import test from 'ava';
import { WebSocket } from 'ws';
import { AUTHORITY, tlsText } from '../../support/tls/certificates.ts';
import { startScriptedGateway } from './scripted-gateway.ts';

interface Attempt {
  readonly status: number;
  readonly body: string;
}

/** Opens a socket as a browser would, or as a program without an origin; 101 when it is open. */
function open(url: string, headers: Record<string, string> = {}): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers, ca: AUTHORITY });
    ws.on('open', () => {
      resolve({ status: 101, body: '' });
      ws.close();
    });
    ws.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    ws.on('error', reject);
  });
}

test('a browser may open a socket from the exchange’s own page, or from one that was named', async (t) => {
  const origins = { allowed: new Set(['https://trade.example.com']), trustProxy: false };
  const { url } = await startScriptedGateway(t, { origins });
  const host = new URL(url).host;
  t.is((await open(url)).status, 101, 'a program sends no origin');
  for (const origin of [`http://${host}`, `https://${host}`, 'https://trade.example.com']) {
    t.is((await open(url, { origin })).status, 101, origin);
  }
  for (const origin of [
    'https://evil.example',
    'http://trade.example.com',
    'https://trade.example.com:8443',
    'https://trade.example.com.evil.example',
    `http://evil.example/${host}`,
    `http://${host}/`,
    `http://user@${host}`,
    'http://127.0.0.1',
    `ftp://${host}`,
    'null',
    '*',
    '',
  ]) {
    const { status, body } = await open(url, { origin });
    t.is(status, 403, origin);
    t.is(JSON.parse(body).code, 'forbidden');
  }
  const forged = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' };
  t.is((await open(url, forged)).status, 403, 'without a proxy its headers say nothing');
});

test('behind a proxy the exchange’s own page is the one that the client sees', async (t) => {
  const { url } = await startScriptedGateway(t, { origins: { allowed: new Set(), trustProxy: true } });
  const proxied = (origin: string, scheme: string) =>
    open(url, {
      origin,
      'x-forwarded-host': 'bourse.example, inner',
      'x-forwarded-proto': `${scheme}, http`,
    });
  t.is((await proxied('https://bourse.example', 'https')).status, 101);
  t.is((await proxied('http://bourse.example', 'http')).status, 101);
  t.is((await proxied('http://bourse.example', 'https')).status, 403, 'a page in the clear can be forged');
  t.is((await proxied(url, 'https')).status, 403);
  const host = { origin: 'https://bourse.example', host: 'bourse.example:443' };
  t.is((await open(url, host)).status, 101, 'a proxy that keeps the host needs to say no more');
});

test('over TLS a page in the clear is not the exchange’s own', async (t) => {
  const server = https.createServer({ cert: tlsText('first.pem'), key: tlsText('first.key') });
  const { url } = await startScriptedGateway(t, { server });
  const secure = url.replace('http:', 'https:');
  t.is((await open(secure)).status, 101);
  t.is((await open(secure, { origin: secure })).status, 101);
  t.is((await open(secure, { origin: url })).status, 403);
});
