import test from 'ava';
import { unstorableIn } from '../../../src/http/middleware/storable.ts';
import { PASSWORD } from '../gateway.ts';
import { startTrading } from '../trading.ts';

/** PostgreSQL keeps no NUL in text, and neither NUL nor half a character in JSON. */
const UNSTORABLE = ['a\u0000', '\u0000', 'a\ud800', '\udc00a'];

test('text that the database can’t keep is refused, or kept as what it can, wherever it is sent', async (t) => {
  const { operator, trader } = await startTrading(t);
  const person = await trader({ USDT: '1000' });
  const key = { algorithm: 'hmac-sha256', scopes: ['read'], password: PASSWORD };
  const order = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '100', quantity: '0.1' };
  for (const text of UNSTORABLE) {
    const inPath = encodeURIComponent(text.toWellFormed());
    const replies = {
      'name of a key': await person.post('/v1/me/api-keys', { ...key, name: text }),
      tag: await person.post('/v1/orders', { ...order, tag: text }),
      'tag to cancel by': await person.delete(`/v1/orders?tag=${inPath}`),
      market: await person.post('/v1/orders', { ...order, market: text }),
      'order by an id': await person.get(`/v1/orders/${inPath}`),
      'order by a name': await person.get(`/v1/orders/by-client-order-id/${inPath}`),
      'name of an asset': await operator.post('/v1/admin/assets', { symbol: 'NEW', name: text, scale: 8 }),
      'symbol of a market': await operator.post(`/v1/admin/markets/${inPath}/status`, { status: 'open' }),
      password: await person.post('/v1/me/api-keys', { ...key, name: 'a', password: text }),
    };
    for (const [what, { status, body }] of Object.entries(replies))
      t.true(status < 500, `${what} ${JSON.stringify(text)}: ${status} ${JSON.stringify(body)}`);
  }
});

test('it is found wherever it is, in names too, and depth is no way around', (t) => {
  t.is(unstorableIn({ a: ['b', { c: 'd', e: null, f: 1 }] }), undefined);
  t.deepEqual(unstorableIn({ a: ['b', { c: 'd\u0000' }] }), ['a', '1', 'c']);
  t.deepEqual(unstorableIn({ 'a\ud800': 1 }), ['a\ud800']);
  t.is(unstorableIn(JSON.parse('{"a":"🜚"}')), undefined);
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  t.is(unstorableIn(deep)?.length, 64);
});
