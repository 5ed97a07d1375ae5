import test, { type ExecutionContext } from 'ava';
import { sql } from 'slonik';
import type { SimulatedChain } from '../../../src/custody/simulated/simulated-chain.ts';
import type { RunningCustody } from '../../../src/custody/start-custody.ts';
import { simulatedChain, startTestCustody, until } from '../../support/custody.ts';
import { startTrading } from '../trading.ts';

/** The exchange on a simulated network that carries BTC, ETH and USDT, in a mode in which operators may credit deposits. */
async function start(t: ExecutionContext) {
  let chain: SimulatedChain | undefined;
  let custody: RunningCustody | undefined;
  const trading = await startTrading(t, {
    custodyOf: async (started) => {
      const carried = simulatedChain(started, { assets: () => ['BTC', 'ETH', 'USDT'] });
      chain = carried;
      const options = { wrapChain: () => carried, simulatedDeposits: true };
      custody = (await startTestCustody(t, started, options)).custody;
      return custody;
    },
  });
  await until(async () => (await custody!.networks())[0]!.assets.length === 3);
  return { ...trading, chain: chain!, custody: custody! };
}

test('a customer asks where to send an asset to, sees what arrives grow deep, and finds all of it page after page', async (t) => {
  const { chain, request, trader } = await start(t);
  const [ada, ben] = [await trader(), await trader()];
  const { networks } = (await request('GET', '/v1/networks')).body;
  t.like(networks[0], { network: 'simulated', confirmations: 3 });
  t.deepEqual(
    networks[0].assets.find(({ asset }: { asset: string }) => asset === 'BTC'),
    {
      asset: 'BTC',
      network: 'simulated',
      withdrawalFee: '0.0002',
      minWithdrawal: '0.001',
      minDeposit: '0.0001',
      deposits: true,
      withdrawals: true,
    },
  );
  t.is((await request('POST', '/v1/deposit-addresses', { body: { asset: 'BTC' } })).status, 401);
  t.is((await ada.post('/v1/deposit-addresses', { asset: 'DOGE' })).body.code, 'asset_not_found');
  t.is(
    (await ada.post('/v1/deposit-addresses', { asset: 'BTC', network: 'moon' })).body.code,
    'network_not_found',
  );
  const given = (await ada.post('/v1/deposit-addresses', { asset: 'BTC' })).body;
  t.like(given, { asset: 'BTC', network: 'simulated', confirmations: 3, minDeposit: '0.0001' });
  t.deepEqual((await ada.post('/v1/deposit-addresses', { asset: 'BTC', network: 'simulated' })).body, given);
  const bens = (await ben.post('/v1/deposit-addresses', { asset: 'BTC' })).body;
  t.not(bens.address, given.address);

  const amounts = ['0.5', '0.25', '0.125', '0.0625', '0.00000009'];
  for (const amount of amounts)
    await chain.payFromOutside({
      asset: 'BTC',
      address: given.address,
      amountMinor: BigInt(Math.round(Number(amount) * 1e8)),
    });
  await chain.mine();
  const listed = async () => (await ada.get('/v1/deposits')).body.items;
  await until(async () => (await listed()).length === amounts.length);
  for (const deposit of await listed()) {
    const { amount, status, confirmations } = deposit;
    t.is(status, amount === '0.00000009' ? 'below_minimum' : 'pending');
    t.is(confirmations, 1);
  }
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await ada.get(`/v1/deposits?limit=2${cursor && `&cursor=${cursor}`}`);
    t.true(body.items.length <= 2);
    found.push(...body.items.map(({ amount }: { amount: string }) => amount));
    cursor = body.nextCursor;
  }
  t.deepEqual(
    found.toSorted(),
    amounts.toSorted(),
    'all were found in one look, and none falls between pages',
  );
  t.deepEqual((await ben.get('/v1/deposits')).body.items, [], 'nobody else’s');

  await chain.mine();
  await chain.mine();
  await until(
    async () => (await listed()).filter((one: { status: string }) => one.status === 'credited').length === 4,
  );
  const { balances } = (await ada.get('/v1/balances')).body;
  t.is(balances.find(({ asset }: { asset: string }) => asset === 'BTC').available, '0.9375');
});

test('an operator closes an asset on a network and sets what it costs; what makes no sense changes nothing', async (t) => {
  const { operator, operatorWith, request, trader } = await start(t);
  const path = '/v1/admin/networks/simulated/assets/BTC';
  const terms = {
    withdrawalFee: '0.0005',
    minWithdrawal: '0.002',
    minDeposit: '0.0003',
    deposits: false,
    withdrawals: true,
  };
  const now = async () =>
    (await request('GET', '/v1/networks')).body.networks[0].assets.find(
      ({ asset }: { asset: string }) => asset === 'BTC',
    );
  const before = await now();
  for (const [change, code] of [
    [{ withdrawalFee: '0.000000001' }, 'too_many_decimals'],
    [{ minWithdrawal: '0' }, 'invalid_amount'],
    [{ minDeposit: '0' }, 'invalid_amount'],
    [{ withdrawalFee: '-1' }, 'invalid_request'],
  ] as const)
    t.is((await operator.put(path, { ...terms, ...change })).body.code, code);
  t.is((await operator.put('/v1/admin/networks/moon/assets/BTC', terms)).body.code, 'network_not_found');
  t.is((await operator.put('/v1/admin/networks/simulated/assets/DOGE', terms)).body.code, 'asset_not_found');
  t.is((await (await operatorWith('treasurer')).put(path, terms)).status, 403);
  t.deepEqual(await now(), before);

  const set = await operator.put(path, terms);
  t.is(set.status, 200);
  t.deepEqual(set.body, { asset: 'BTC', network: 'simulated', ...terms });
  t.deepEqual(await now(), set.body);
  const ada = await trader();
  t.is((await ada.post('/v1/deposit-addresses', { asset: 'BTC' })).body.code, 'deposits_disabled');
  t.is((await ada.post('/v1/deposit-addresses', { asset: 'ETH' })).status, 200);
  const { items } = (await operator.get('/v1/admin/audit?action=operator.set_asset_network')).body;
  t.true(items.some(({ outcome }: { outcome: string }) => outcome === 'done'));
});

test('reconciliation tells simulated deposits from what came over a network, and finds what is nowhere', async (t) => {
  const { chain, custody, operatorWith, pool, trader } = await start(t);
  const auditor = await operatorWith('viewer');
  const ada = await trader({ USDT: '1000' });
  const { address } = (await ada.post('/v1/deposit-addresses', { asset: 'USDT' })).body;
  await chain.payFromOutside({ asset: 'USDT', address, amountMinor: 250_000_000n });
  for (let block = 0; block < 3; block += 1) await chain.mine();
  await until(async () => (await ada.get('/v1/deposits')).body.items[0]?.creditedAt);
  const looked = async () => {
    // What two looks see alike is told.
    await custody.reconcile();
    await custody.reconcile();
    const { ok, assets } = (await auditor.get('/v1/admin/reconciliation')).body;
    return { ok, ...assets.find(({ asset }: { asset: string }) => asset === 'USDT') };
  };
  t.like(await looked(), { ok: true, simulated: '1000', difference: '0' });
  t.is((await ada.get('/v1/admin/reconciliation')).status, 403);
  await pool.query(sql.unsafe`
    update simulated_transactions set amount_minor = amount_minor - 1 where address = ${address}`);
  const found = await looked();
  t.false(found.ok);
  t.regex(found.difference, /^-0\.0*1$/);
});
