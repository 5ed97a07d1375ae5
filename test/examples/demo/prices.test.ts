import test from 'ava';
import { DemoMarket } from '../../../examples/demo/demo-market.ts';
import { PriceWalk } from '../../../examples/demo/price-walk.ts';
import { parseStep, toMultiple } from '../../../examples/demo/step.ts';

/** Repeatable: Park and Miller's generator. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('values become multiples of a tick or lot, never zero, without float dust', (t) => {
  t.is(toMultiple(59_999.987654, parseStep('0.01')), '59999.99');
  t.is(toMultiple(0.3, parseStep('0.1')), '0.3');
  t.is(toMultiple(0.000001, parseStep('0.00001')), '0.00001');
  t.is(toMultiple(1234, parseStep('25')), '1225');
  t.throws(() => parseStep('0'));
});

test('values wander, stay near where they began, and prices of three markets agree', (t) => {
  const walk = new PriceWalk({ BTC: 60_000, ETH: 3_000, USDT: 1 }, createRandom(5));
  const seen = new Set<number>();
  for (let second = 0; second < 20_000; second += 1) {
    walk.advance(1);
    const price = walk.price('BTC', 'USDT');
    seen.add(price);
    t.true(price > 45_000 && price < 80_000);
  }
  t.is(seen.size, 20_000);
  const cross = walk.price('ETH', 'USDT') / walk.price('BTC', 'USDT');
  t.true(Math.abs(walk.price('ETH', 'BTC') / cross - 1) < 1e-9);
  t.is(walk.value('USDT'), 1);
});

test('orders of a market are as large as it wants them at least', (t) => {
  const walk = new PriceWalk({ BTC: 60_000, USDT: 1 }, createRandom(5));
  const info = {
    symbol: 'BTC-USDT',
    base: 'BTC',
    quote: 'USDT',
    status: 'open',
    tickSize: '0.01',
    lotSize: '0.00001',
    minQuantity: '0.0001',
    maxQuantity: '10',
    minNotional: '5',
  };
  const market = new DemoMarket(info, walk);
  t.true(Number(market.quantity(0.01)) * 60_000 >= 5);
  t.is(market.quantity(600), '0.01001');
  t.is(market.quoteAmount(100), '100');
  t.is(market.quoteAmount(1), '6');
});
