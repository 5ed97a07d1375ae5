import test from 'ava';
import { BTC_USDT, startTrading } from '../trading.ts';

test('adds assets and markets that can be traded at once', async (t) => {
  const { operator, trader } = await startTrading(t);
  const asset = await operator.post('/v1/admin/assets', { symbol: 'SOL', name: 'Solana', scale: 9 });
  t.is(asset.status, 201);
  t.deepEqual(asset.body, { symbol: 'SOL', name: 'Solana', scale: 9 });
  t.is(
    (await operator.post('/v1/admin/assets', { symbol: 'SOL', name: 'x', scale: 1 })).body.code,
    'asset_exists',
  );

  const market = await operator.post('/v1/admin/markets', { ...BTC_USDT, symbol: 'SOL-USDT', base: 'SOL' });
  t.is(market.status, 201);
  t.like(market.body, { symbol: 'SOL-USDT', tickSize: '0.01', band: '0.1', status: 'open' });
  t.deepEqual(market.body.feeTiers[0], { minVolume: '0', makerFee: '0.001', takerFee: '0.002' });
  t.is((await operator.post('/v1/admin/markets', BTC_USDT)).body.code, 'market_exists');

  const alice = await trader({ USDT: '100' });
  const order = await alice.limit('buy', '10', '1', { market: 'SOL-USDT' });
  t.is(order.status, 201);
});

test('refuses a market whose trades could not be exact', async (t) => {
  const { operator } = await startTrading(t);
  const inexact = { ...BTC_USDT, symbol: 'ETH-USDT', base: 'ETH', lotSize: '0.000000001' };
  const refused = await operator.post('/v1/admin/markets', inexact);
  t.is(refused.status, 400);
  t.is(refused.body.code, 'invalid_market');
  const fees = [{ minVolume: '5', makerFeePpm: 1, takerFeePpm: 1 }];
  const market = { ...BTC_USDT, symbol: 'ETH-USDT', base: 'ETH', feeTiers: fees };
  t.is((await operator.post('/v1/admin/markets', market)).body.code, 'invalid_fees');
  const unknown = { ...BTC_USDT, symbol: 'XYZ-USDT', base: 'XYZ' };
  t.is((await operator.post('/v1/admin/markets', unknown)).status, 404);
});

test('halts and resumes a market, and lets it only cancel or only rest', async (t) => {
  const { operator, trader } = await startTrading(t);
  const alice = await trader({ USDT: '1000' });
  const { body: resting } = await alice.limit('buy', '100', '1');
  const setStatus = (status: string) => operator.post('/v1/admin/markets/BTC-USDT/status', { status });

  t.like((await setStatus('halted')).body, { status: 'halted' });
  t.like((await alice.limit('buy', '100', '1')).body, { code: 'market_halted', status: 409 });
  t.like((await alice.get('/v1/markets/BTC-USDT')).body, { status: 'halted' });
  t.like((await alice.get('/v1/markets/BTC-USDT/ticker')).body, { status: 'halted' });

  await setStatus('post_only');
  t.is((await alice.limit('buy', '100', '1')).body.code, 'market_post_only');
  t.is((await alice.limit('buy', '100', '1', { postOnly: true })).status, 201);

  await setStatus('cancel_only');
  t.is((await alice.limit('buy', '100', '1')).body.code, 'market_cancel_only');
  t.is((await alice.delete(`/v1/orders/${resting.order.id}`)).status, 200);

  t.is((await setStatus('open')).status, 200);
  t.is((await alice.limit('buy', '100', '1')).status, 201);
  t.is((await operator.post('/v1/admin/markets/NO-SUCH/status', { status: 'open' })).status, 404);
});

test('changes fees for orders placed afterwards', async (t) => {
  const { operator, trader } = await startTrading(t);
  const alice = await trader({ BTC: '1' });
  const bob = await trader({ USDT: '10000' });
  const feeTiers = [{ minVolume: '0', makerFeePpm: 0, takerFeePpm: 10_000 }];
  const changed = await operator.patch('/v1/admin/markets/BTC-USDT', { feeTiers });
  t.deepEqual(changed.body.feeTiers, [{ minVolume: '0', makerFee: '0', takerFee: '0.01' }]);
  await alice.limit('sell', '100', '1');
  const { body } = await bob.limit('buy', '100', '1');
  t.like(body.fills[0], { fee: '0.01', feeAsset: 'BTC' });
  t.like((await bob.get('/v1/fees')).body.fees[0], { makerFee: '0', takerFee: '0.01', volume30d: '100' });
});

test('credits a simulated deposit once for each reference', async (t) => {
  const { operator, trader } = await startTrading(t);
  const alice = await trader();
  const credit = (change: object = {}) =>
    operator.post('/v1/admin/credits', {
      accountId: alice.accountId,
      asset: 'USDT',
      amount: '12.5',
      reference: 'gift-1',
      ...change,
    });
  const first = await credit();
  t.is(first.status, 201);
  t.deepEqual(first.body, { reference: 'gift-1', asset: 'USDT', amount: '12.5' });
  t.like((await credit()).body, { code: 'duplicate_deposit', status: 409 });
  const { body } = await alice.get('/v1/balances');
  t.like(
    body.balances.find(({ asset }: { asset: string }) => asset === 'USDT'),
    { balance: '12.5', locked: '0', available: '12.5' },
  );

  const refusals = [
    [{ amount: '0.0000001', reference: 'a' }, 'too_many_decimals'],
    [{ amount: '0', reference: 'b' }, 'invalid_amount'],
    [{ asset: 'NONE', reference: 'c' }, 'asset_not_found'],
    [{ accountId: '999999', reference: 'd' }, 'account_not_found'],
    [{ accountId: '1', reference: 'e' }, 'account_not_found'],
    [{ amount: '-1', reference: 'f' }, 'invalid_request'],
    [{ amount: 1, reference: 'g' }, 'invalid_request'],
    [{ accountId: 1000, reference: 'h' }, 'invalid_request'],
  ] as const;
  for (const [change, code] of refusals) t.is((await credit(change)).body.code, code, JSON.stringify(change));
});

test('is only for operators', async (t) => {
  const { trader, request } = await startTrading(t);
  const alice = await trader();
  const body = { accountId: alice.accountId, asset: 'USDT', amount: '1000000' };
  const refused = await alice.post('/v1/admin/credits', body);
  t.is(refused.status, 403);
  t.is(refused.body.code, 'forbidden');
  t.is((await request('POST', '/v1/admin/credits', { body })).status, 401);
  t.is((await alice.post('/v1/admin/markets/BTC-USDT/status', { status: 'halted' })).status, 403);
  t.is((await alice.patch('/v1/admin/markets/BTC-USDT', { feeTiers: [] })).status, 403);
});
