import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { sql } from 'slonik';
import { loadAccount, loadMarkets } from '../../src/db/recover.ts';
import { mustBeOk, startTestExchange } from '../support/exchange.ts';

test('an account is read as of one commit: what it may spend, what it has open, and its next number', async (t) => {
  const { pool, place, account, exchange } = await startTestExchange(t);
  const alice = await account({ USD: '1000', BTC: '5' });
  const bob = await account({ USD: '1000' });
  t.is(await loadAccount(pool, 999_999, 0), undefined);
  t.is(await loadAccount(pool, 2, 0), undefined, 'a system account is no account to trade with');
  mustBeOk(await place(alice, { clientOrderId: 'rests' }));
  mustBeOk(await place(alice, { side: 'sell', price: '110', clientOrderId: 'fills' }));
  mustBeOk(await place(bob, { price: '110', quantity: '0.4' }));
  mustBeOk(await place(alice, { price: '90', clientOrderId: 'canceled' }));
  mustBeOk(await exchange.cancelOrder({ accountId: alice, name: { clientOrderId: 'canceled' } }));

  const snapshot = (await loadAccount(pool, alice, 0))!;
  t.is(snapshot.nextOrderNo, 4);
  t.is(snapshot.batchNo, Number(await pool.oneFirst(sql.unsafe`select batch_no from exchange_state`)));
  const { assets } = exchange.catalog();
  const available = Object.fromEntries(
    snapshot.wallets.map(([assetId, minor]) => [assets.find(({ id }) => id === assetId)!.symbol, minor]),
  );
  // 44 USD for what was sold, less 0.1 %; 100 are reserved. 0.4 BTC are sold, 0.6 reserved.
  t.deepEqual(available, { USD: 943_956_000n, BTC: 400_000_000n });
  t.deepEqual(
    snapshot.openOrders.map(({ clientOrderId, filledLots, status }) => [clientOrderId, filledLots, status]),
    [
      ['rests', 0, 'open'],
      ['fills', 4_000, 'partially_filled'],
    ],
  );
  const ids = snapshot.clientOrderIds.map(([clientOrderId, , orderNo]) => [clientOrderId, orderNo]);
  t.deepEqual(new Map(ids as [string, number][]).get('canceled'), 3);
  t.deepEqual(
    snapshot.volumes.map(([, , volume]) => volume),
    [44_000_000n],
  );
  const today = Math.floor(Date.now() / 86_400_000);
  t.is((await loadAccount(pool, alice, today + 2))!.volumes.length, 0);
});

test('a market is read with its orders by priority, as it stood', async (t) => {
  const { pool, place, account, exchange } = await startTestExchange(t);
  const alice = await account({ USD: '1000', BTC: '5' });
  const bob = await account({ USD: '1000' });
  for (const clientOrderId of ['1', '2', '3']) mustBeOk(await place(alice, { clientOrderId }));
  // More quantity: back to the end of the queue.
  const amend = { accountId: alice, name: { clientOrderId: '1' }, quantity: '2' };
  mustBeOk(await exchange.amendOrder(amend));
  mustBeOk(await place(alice, { side: 'sell', price: '120', quantity: '2', clientOrderId: '4' }));
  mustBeOk(await place(bob, { price: '120', quantity: '0.5' }));
  mustBeOk(await exchange.setMarketStatus('BTC-USD', 'cancel_only'));
  const market = exchange.catalog().market('BTC-USD')!;
  const snapshot = (await loadMarkets(pool, [market])).get(market.id)!;
  t.like(snapshot, { status: 'cancel_only', seq: 7, tradeNo: 1, lastPriceTicks: 12_000 });
  t.deepEqual(
    snapshot.orders.map(({ clientOrderId }) => clientOrderId),
    ['2', '3', '1', '4'],
  );
  t.like(snapshot.orders[3], { filledLots: 5_000, holdMinor: 150_000_000n, status: 'partially_filled' });
});

test('after a restart orders match in the order of their priority, and everything adds up', async (t) => {
  const first = await startTestExchange(t);
  const makers = await Promise.all([1, 2, 3].map(() => first.account({ BTC: '10' })));
  const taker = await first.account({ USD: '10000' });
  for (const maker of makers) mustBeOk(await first.place(maker, { side: 'sell', quantity: '1' }));
  const amend = { accountId: makers[0]!, name: { orderNo: 1 }, quantity: '1.5' };
  mustBeOk(await first.exchange.amendOrder(amend));
  const second = await first.restart();
  const { fills } = mustBeOk(await second.place(taker, { quantity: '2.2' }));
  t.deepEqual(
    fills.map(({ tradeId, quantity }) => `${tradeId}: ${quantity}`),
    ['1: 1', '2: 1', '3: 0.2'],
  );
  const third = await second.restart();
  t.is(mustBeOk(await third.place(taker, { quantity: '1' })).fills[0]?.tradeId, '4');
  t.is(await third.wallet(makers[0]!, 'BTC'), '880000000/30000000');
  // The feed is told after the commit, and the reply of an order may be quicker.
  while (mustBeOk(third.exchange.ticker('BTC-USD')).tradeCount < 4) await nextTurn();
  t.like(mustBeOk(third.exchange.ticker('BTC-USD')), { lastPrice: '100', tradeCount: 4, volume: '3.2' });
});
