import test from 'ava';
import { eventually, mustBeOk, startTestExchange } from '../../support/exchange.ts';

const STOPS = 350;

test('a cascade longer than a message goes on in others, also over a restart in its midst', async (t) => {
  const first = await startTestExchange(t);
  const seller = await first.account({ BTC: '1000' });
  const bidder = await first.account({ USD: '1000000' });
  const other = await first.account({ BTC: '1' });
  for (let index = 0; index <= STOPS; index += 50) {
    const prices = Array.from({ length: 50 }, (_, place) => (500 - (index + place) * 0.01).toFixed(2));
    await Promise.all(prices.map((price) => first.place(bidder, { price, quantity: '0.1' })));
    const stop = { side: 'sell', type: 'stop', price: undefined, quantity: '0.1' } as const;
    const stops = prices.slice(0, Math.max(0, STOPS - index));
    await Promise.all(stops.map((stopPrice) => first.place(seller, { ...stop, stopPrice })));
  }
  mustBeOk(await first.place(other, { side: 'sell', price: '500', quantity: '0.1' }));
  const firedAtFirst = first.frames.flatMap(({ orders }) => orders).filter(({ triggeredAt }) => triggeredAt);
  t.true(firedAtFirst.length < STOPS, 'one message does not fire them all');
  const second = await first.restart();
  await eventually(() => mustBeOk(second.exchange.ticker('BTC-USD')).tradeCount === STOPS + 1);
  t.is(await second.wallet(seller, 'BTC'), `${(1000n - 35n) * 100_000_000n}/0`);
});
