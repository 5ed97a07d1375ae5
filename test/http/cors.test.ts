import test from 'ava';
import { exchangeThatIs, startGateway } from './gateway.ts';

const ORIGIN = 'https://trade.example.com';
const preflight = {
  origin: ORIGIN,
  'access-control-request-method': 'DELETE',
  'access-control-request-headers': 'authorization,content-type',
};

function corsHeaders(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

test('a page of a named origin may ask, and read what API clients need', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true), { transport: { corsOrigins: [ORIGIN] } });
  const asked = await gateway.request('OPTIONS', '/v1/orders/1-1', {
    headers: preflight,
    undocumented: true,
  });
  t.is(asked.status, 204);
  t.is(asked.body, '');
  t.is(asked.headers.get('access-control-allow-origin'), ORIGIN);
  t.is(asked.headers.get('access-control-allow-methods'), 'GET, POST, PUT, PATCH, DELETE');
  t.regex(asked.headers.get('access-control-allow-headers')!, /Authorization, Content-Type/);
  t.is(asked.headers.get('access-control-max-age'), '7200');
  t.is(asked.headers.get('vary'), 'Origin');

  for (const path of ['/health/live', '/v1/account', '/nowhere']) {
    const { headers } = await gateway.request('GET', path, { headers: { origin: ORIGIN } });
    t.is(headers.get('access-control-allow-origin'), ORIGIN, path);
    for (const name of ['X-Request-Id', 'Retry-After', 'RateLimit']) {
      t.true(headers.get('access-control-expose-headers')?.split(', ').includes(name), name);
    }
    t.is(headers.get('access-control-allow-credentials'), null);
    t.is(headers.get('vary'), 'Origin');
  }
});

test('a page of any other origin is not let in, and neither is anybody by a wildcard', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true), { transport: { corsOrigins: [ORIGIN] } });
  for (const origin of [
    'https://evil.example',
    'http://trade.example.com',
    `${ORIGIN}:8443`,
    'null',
    '*',
    '',
  ]) {
    const asked = await gateway.request('OPTIONS', '/v1/auth/login', { headers: { ...preflight, origin } });
    t.deepEqual(corsHeaders(asked.headers), [], origin);
    const answered = await gateway.request('GET', '/health/live', { headers: { origin } });
    t.deepEqual(corsHeaders(answered.headers), [], origin);
    t.is(answered.headers.get('vary'), 'Origin', 'a cache must not keep this for the others');
  }
  const plain = await gateway.request('OPTIONS', '/v1/auth/login', { headers: { origin: ORIGIN } });
  t.is(plain.headers.get('allow'), 'POST, OPTIONS', 'not every OPTIONS is a preflight');
});

test('where nobody is named nobody gets anything', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const asked = await gateway.request('OPTIONS', '/v1/auth/login', { headers: preflight });
  t.deepEqual(corsHeaders(asked.headers), []);
  t.is(asked.headers.get('vary'), null);
});
