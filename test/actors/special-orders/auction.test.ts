import test from 'ava';
import { codeOf, eventually, mustBeOk, startTestExchange } from '../../support/exchange.ts';
import { BTC_USD } from '../../support/markets.ts';

const BREAKER = { bandPpm: 50_000, windowSeconds: 60, auctionSeconds: 300 };

test('a market opens by an auction: orders gather, the price is told, and all trade at one', async (t) => {
  const market = { ...BTC_USD, status: 'pending' as const };
  const first = await startTestExchange(t, { markets: [market] });
  const { exchange, account, place } = first;
  const alice = await account({ USD: '10000' });
  const bob = await account({ BTC: '100' });
  t.is(codeOf(await place(alice, {})), 'market_pending');
  mustBeOk(await exchange.setMarketStatus('BTC-USD', 'auction'));
  t.is(codeOf(await place(alice, { timeInForce: 'ioc' })), 'market_auction');
  t.like(mustBeOk(await place(alice, { price: '103', quantity: '2' })), { fills: [] });
  mustBeOk(await place(alice, { price: '101', quantity: '1' }));
  mustBeOk(await place(bob, { side: 'sell', price: '100', quantity: '2.5' }));
  await eventually(() => mustBeOk(exchange.ticker('BTC-USD')).auction?.price === '101');
  const ticker = mustBeOk(exchange.ticker('BTC-USD'));
  t.like(ticker, { status: 'auction', lastPrice: null });
  t.deepEqual(ticker.auction, {
    endsAt: null,
    price: '101',
    quantity: '2.5',
    surplus: '0.5',
    surplusSide: 'buy',
  });

  // The book is crossed, and is read back so.
  const second = await first.restart();
  t.deepEqual(mustBeOk(second.exchange.ticker('BTC-USD')).auction, ticker.auction);
  mustBeOk(await second.exchange.setMarketStatus('BTC-USD', 'open'));
  await eventually(() => mustBeOk(second.exchange.ticker('BTC-USD')).status === 'open');
  t.like(mustBeOk(second.exchange.ticker('BTC-USD')), { status: 'open', lastPrice: '101', auction: null });
  const fills = second.frames.flatMap((frame) => frame.fills);
  t.deepEqual(new Set(fills.map(({ price }) => price)), new Set(['101']));
  t.deepEqual(mustBeOk(second.exchange.depth('BTC-USD', 5)).bids, [['101', '0.5']]);
});

test('a move beyond the band halts the market; the auction reopens it by the clock, also after a restart', async (t) => {
  let nowMs = Date.now();
  const options = { clock: { now: () => nowMs }, markets: [{ ...BTC_USD, breaker: BREAKER }] };
  const first = await startTestExchange(t, options);
  const alice = await first.account({ BTC: '100', USD: '100000' });
  const bob = await first.account({ BTC: '100', USD: '100000' });
  for (const price of ['100', '104', '110']) {
    mustBeOk(await first.place(bob, { side: 'sell', price, quantity: '1' }));
  }
  mustBeOk(await first.place(alice, { price: '100', quantity: '1' }));
  nowMs += 1_000;
  const restarted = await first.restart();
  // Up to 105 it trades; 110 is too far.
  const swept = mustBeOk(await restarted.place(alice, { price: '120', quantity: '2' }));
  t.like(swept.order, { filledQuantity: '1', status: 'partially_filled', price: '120' });
  await eventually(() => mustBeOk(restarted.exchange.ticker('BTC-USD')).status === 'auction');
  const { auction } = mustBeOk(restarted.exchange.ticker('BTC-USD'));
  t.is(auction?.endsAt, new Date(nowMs + 300_000).toISOString());
  t.is(
    codeOf(await restarted.place(alice, { type: 'market', price: undefined, quantity: '1' })),
    'market_auction',
  );

  nowMs += 300_000;
  const reopened = await restarted.restart();
  mustBeOk(await reopened.place(bob, { price: '90', quantity: '1' }));
  await eventually(() => mustBeOk(reopened.exchange.ticker('BTC-USD')).status === 'open');
  t.is(mustBeOk(reopened.exchange.ticker('BTC-USD')).lastPrice, '110');
  // From the new price on there is a new band.
  mustBeOk(await reopened.place(bob, { side: 'sell', price: '114', quantity: '1' }));
  t.is(mustBeOk(await reopened.place(alice, { price: '114', quantity: '1' })).fills.length, 1);
});

test('what is closed cancels everything and takes nothing any more', async (t) => {
  const { exchange, account, place, frames } = await startTestExchange(t);
  const alice = await account({ USD: '1000' });
  mustBeOk(await place(alice, {}));
  mustBeOk(await exchange.setMarketStatus('BTC-USD', 'closed'));
  await eventually(() =>
    frames.some(({ orders }) => orders.some(({ reason }) => reason === 'market_closed')),
  );
  t.is(codeOf(await place(alice, {})), 'market_closed');
  t.is(codeOf(await exchange.setMarketStatus('BTC-USD', 'open')), 'market_closed');
});
