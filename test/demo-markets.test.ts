import test from 'ava';
import { startExchange } from '../src/actors/exchange.ts';
import { createLedger } from '../src/db/ledger.ts';
import { createDemoMarkets } from '../src/demo-markets.ts';
import { createTestDatabase } from './support/database.ts';
import { mustBeOk } from './support/exchange.ts';

const quiet = { info() {}, warn() {}, error() {} };

async function startEmpty(t: Parameters<typeof createTestDatabase>[0]) {
  const { pool } = await createTestDatabase(t);
  const onStopped = (why: string) => {
    throw new Error(`the exchange stopped: ${why}`);
  };
  const exchange = await startExchange({ ledger: createLedger(pool), log: quiet, onStopped });
  t.teardown(() => exchange.stop('the test is over'));
  const symbols = () => [
    exchange.catalog().assets.map(({ symbol }) => symbol),
    exchange.catalog().markets.map(({ symbol }) => symbol),
  ];
  return { exchange, symbols };
}

const DEMO = [
  ['BTC', 'ETH', 'USDT'],
  ['BTC-USDT', 'ETH-USDT', 'ETH-BTC'],
];

test('a new exchange gets the demo markets, once', async (t) => {
  const { exchange, symbols } = await startEmpty(t);
  await createDemoMarkets(exchange);
  t.deepEqual(symbols(), DEMO);
  await createDemoMarkets(exchange);
  t.deepEqual(symbols(), DEMO);
});

test('a first start that was killed half-way is completed', async (t) => {
  const { exchange, symbols } = await startEmpty(t);
  mustBeOk(await exchange.createAsset({ symbol: 'BTC', name: 'Bitcoin', scale: 8 }));
  mustBeOk(await exchange.createAsset({ symbol: 'ETH', name: 'Ether', scale: 18 }));
  await createDemoMarkets(exchange);
  t.deepEqual(symbols(), DEMO);
});

test('an exchange with assets of its own is left alone', async (t) => {
  const { exchange, symbols } = await startEmpty(t);
  mustBeOk(await exchange.createAsset({ symbol: 'EUR', name: 'Euro', scale: 2 }));
  await createDemoMarkets(exchange);
  t.deepEqual(symbols(), [['EUR'], []]);
});
