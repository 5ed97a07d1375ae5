import test from 'ava';
import { startTrading, type Trader } from '../trading.ts';

interface Fill {
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly quoteAmount: string;
  readonly fee: string;
}

/** All pages of a list. */
async function everything(trader: Trader, path: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let cursor = '';
  for (;;) {
    const { body } = await trader.get(`${path}?limit=2${cursor}`);
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    cursor = `&cursor=${body.nextCursor}`;
  }
}

test('fills, ledger entries and balances tell the same story', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ BTC: '5', USDT: '1000' });
  const bob = await trader({ USDT: '10000' });
  await alice.limit('sell', '100', '1');
  await alice.limit('sell', '110', '2');
  await bob.limit('buy', '110', '2');
  await bob.limit('sell', '90', '0.5');
  await alice.limit('buy', '90', '0.25');

  const fills = await everything(bob, '/v1/fills');
  t.deepEqual(
    fills.map(({ side, role, price, quantity, fee, feeAsset }) => [
      side,
      role,
      price,
      quantity,
      fee,
      feeAsset,
    ]),
    [
      ['sell', 'maker', '90', '0.25', '0.0225', 'USDT'],
      ['buy', 'taker', '110', '1', '0.002', 'BTC'],
      ['buy', 'taker', '100', '1', '0.002', 'BTC'],
    ],
  );
  t.deepEqual(await everything(bob, '/v1/fills'), (await bob.get('/v1/fills?market=BTC-USDT')).body.items);

  for (const person of [alice, bob]) {
    const sums = new Map<string, number>();
    for (const entry of await everything(person, '/v1/ledger')) {
      for (const { asset, amount } of entry.postings as { asset: string; amount: string }[]) {
        sums.set(asset, (sums.get(asset) ?? 0) + Number(amount));
      }
    }
    const { body } = await person.get('/v1/balances');
    for (const { asset, balance } of body.balances) {
      t.is((sums.get(asset) ?? 0).toFixed(6), Number(balance).toFixed(6), asset);
    }
  }
  const ofUsdt = await bob.get('/v1/ledger?asset=USDT');
  t.like(ofUsdt.body.items.at(-1), { kind: 'deposit', postings: [{ asset: 'USDT', amount: '10000' }] });
  t.is((await bob.get('/v1/ledger?asset=NONE')).status, 404);
});

test('fees follow the 30-day volume', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ BTC: '100' });
  const bob = await trader({ USDT: '5000000' });
  t.deepEqual((await bob.get('/v1/fees')).body.fees, [
    { market: 'BTC-USDT', volume30d: '0', volumeAsset: 'USDT', makerFee: '0.001', takerFee: '0.002' },
  ]);
  await alice.limit('sell', '50000', '20');
  await bob.limit('buy', '50000', '20');
  t.like((await bob.get('/v1/fees')).body.fees[0], {
    volume30d: '1000000',
    makerFee: '0.0005',
    takerFee: '0.001',
  });
});

test('profit and loss is what the fills make of it, also after more fills', async (t) => {
  const { trader } = await startTrading(t);
  const alice = await trader({ BTC: '10', USDT: '10000' });
  const bob = await trader({ USDT: '10000' });
  t.deepEqual((await bob.get('/v1/pnl')).body, { positions: [] });

  const check = async () => {
    const [position] = (await bob.get('/v1/pnl')).body.positions;
    const fills = (await everything(bob, '/v1/fills')).toReversed() as unknown as Fill[];
    // All quantities here are short enough for floats to be exact to far more digits than compared.
    let quantity = 0;
    let cost = 0;
    let realised = 0;
    for (const fill of fills) {
      if (fill.side === 'buy') {
        quantity += Number(fill.quantity) - Number(fill.fee);
        cost += Number(fill.quoteAmount);
      } else {
        const part = (cost * Number(fill.quantity)) / quantity;
        quantity -= Number(fill.quantity);
        cost -= part;
        realised += Number(fill.quoteAmount) - Number(fill.fee) - part;
      }
    }
    t.is(Number(position.quantity).toFixed(8), quantity.toFixed(8));
    t.is(Number(position.cost).toFixed(4), cost.toFixed(4));
    t.is(Number(position.realised).toFixed(4), realised.toFixed(4));
    t.is(Number(position.averageCost).toFixed(4), (cost / quantity).toFixed(4));
    t.is(Number(position.unrealised).toFixed(4), (quantity * Number(position.lastPrice) - cost).toFixed(4));
    return position;
  };

  await alice.limit('sell', '100', '2');
  await bob.limit('buy', '100', '2');
  t.like(await check(), { market: 'BTC-USDT', asset: 'BTC', quoteAsset: 'USDT', lastPrice: '100' });
  await alice.limit('buy', '120', '0.5');
  await bob.limit('sell', '120', '0.5');
  await check();
  await alice.limit('sell', '90', '1');
  await bob.limit('buy', '90', '1');
  t.is((await check()).lastPrice, '90');
  t.deepEqual((await bob.get('/v1/pnl')).body, (await bob.get('/v1/pnl')).body);
});
