import test from 'ava';
import type { SettleOutcome } from '../../src/domain/settlement.ts';
import { codeOf, mustBeOk, startTestExchange } from '../support/exchange.ts';
import { BTC_USD } from '../support/markets.ts';

const ETH_USD = { ...BTC_USD, symbol: 'ETH-USD', base: 'ETH' };

test('assets and markets are set up while it trades, and are there after a restart', async (t) => {
  const first = await startTestExchange(t);
  const alice = await first.account({ USD: '1000' });
  t.is(codeOf(await first.place(alice, { market: 'ETH-USD' })), 'market_not_found');
  mustBeOk(await first.exchange.createMarket(ETH_USD));
  mustBeOk(await first.place(alice, { market: 'ETH-USD' }));
  t.is(codeOf(await first.exchange.createMarket(ETH_USD)), 'market_exists');
  t.is(codeOf(await first.exchange.createAsset({ symbol: 'ETH', name: 'Ether', scale: 18 })), 'asset_exists');
  t.is(
    codeOf(await first.exchange.createMarket({ ...ETH_USD, symbol: 'XRP-USD', base: 'XRP' })),
    'asset_not_found',
  );
  const before = first.exchange.catalog().markets;
  const second = await first.restart();
  t.deepEqual(second.exchange.catalog().markets, before);
  t.is(mustBeOk(await second.exchange.cancelAllOrders({ accountId: alice })).length, 1);
});

test('what the ledger can’t hold is refused and does not stop the exchange', async (t) => {
  const { exchange, account } = await startTestExchange(t);
  const huge = '9'.repeat(38);
  for (const change of [
    { minNotional: huge },
    { tickSize: '1'.padEnd(30, '0') },
    { lotSize: '9'.repeat(36), minQuantity: '9'.repeat(36), maxQuantity: '9'.repeat(36) },
  ]) {
    t.is(codeOf(await exchange.createMarket({ ...ETH_USD, ...change })), 'invalid_market');
  }
  const tier = { minVolume: '0', makerFeePpm: 1, takerFeePpm: 1 };
  t.is(codeOf(await exchange.setFees('BTC-USD', [tier, { ...tier, minVolume: huge }])), 'invalid_fees');
  t.is(codeOf(await exchange.createAsset({ symbol: 'NUL', name: 'a\u0000', scale: 8 })), 'invalid_asset');
  const alice = await account();
  t.is(codeOf(await exchange.credit({ accountId: alice, asset: 'USD', amount: huge })), 'invalid_amount');
  t.is(codeOf(await exchange.credit({ accountId: alice, asset: 'ETH', amount: '1e3' })), 'invalid_amount');
  t.is(codeOf(await exchange.credit({ accountId: alice, asset: 'USD', amount: '0' })), 'invalid_amount');
  t.is(
    codeOf(await exchange.credit({ accountId: alice, asset: 'USD', amount: '0.0000001' })),
    'too_many_decimals',
  );
  t.true(exchange.isReady());
  mustBeOk(await exchange.createMarket(ETH_USD));
});

test('fees follow the 30-day volume; a change of fees counts for orders from then on', async (t) => {
  const { exchange, place, account } = await startTestExchange(t);
  const maker = await account({ BTC: '100' });
  const taker = await account({ USD: '100000' });
  const tierOf = async (accountId: number) => {
    const [fees] = mustBeOk(await exchange.fees(accountId));
    return `${fees!.volume30d}: ${fees!.makerFee} ${fees!.takerFee}`;
  };
  t.is(await tierOf(taker), '0: 0.001 0.002');
  mustBeOk(await place(maker, { side: 'sell', quantity: '20' }));
  mustBeOk(await place(taker, { quantity: '10' }));
  t.is(await tierOf(taker), '1000: 0.0005 0.001');
  t.is(await tierOf(maker), '1000: 0.0005 0.001', 'both sides count');
  const { fills } = mustBeOk(await place(taker, { quantity: '1' }));
  t.is(fills[0]?.fee, '0.001');
  mustBeOk(await exchange.setFees('BTC-USD', [{ minVolume: '0', makerFeePpm: 0, takerFeePpm: 3_000 }]));
  t.is(await tierOf(taker), '1100: 0 0.003');
  t.is(mustBeOk(await place(taker, { quantity: '1' })).fills[0]?.fee, '0.003');
});

test('an operator halts, restricts and resumes a market; cancels are always taken', async (t) => {
  const { exchange, place, account } = await startTestExchange(t);
  const alice = await account({ USD: '1000' });
  mustBeOk(await place(alice, { clientOrderId: 'a' }));
  mustBeOk(await exchange.setMarketStatus('BTC-USD', 'halted'));
  t.is(codeOf(await place(alice, {})), 'market_halted');
  const name = { clientOrderId: 'a' };
  t.is(codeOf(await exchange.amendOrder({ accountId: alice, name, quantity: '0.5' })), 'market_halted');
  mustBeOk(await exchange.setMarketStatus('BTC-USD', 'post_only'));
  t.is(codeOf(await place(alice, {})), 'market_post_only');
  mustBeOk(await place(alice, { postOnly: true }));
  mustBeOk(await exchange.setMarketStatus('BTC-USD', 'cancel_only'));
  t.is(codeOf(await place(alice, { postOnly: true })), 'market_cancel_only');
  mustBeOk(await exchange.cancelOrder({ accountId: alice, name }));
  t.is(mustBeOk(await exchange.setMarketStatus('BTC-USD', 'cancel_only')).status, 'cancel_only');
  mustBeOk(await exchange.setMarketStatus('BTC-USD', 'open'));
  mustBeOk(await place(alice, {}));
  t.is(codeOf(await exchange.setMarketStatus('NO-SUCH', 'open')), 'market_not_found');
});

test('a deposit counts once by its reference, also when it comes many times at once', async (t) => {
  const { exchange, account, wallet, restart } = await startTestExchange(t);
  const alice = await account();
  const deposit = { accountId: alice, asset: 'USD', amount: '5', reference: 'tx-1' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => exchange.credit(deposit)));
  t.is(answers.filter(({ ok }) => ok).length, 1);
  t.is(answers.filter((answer) => codeOf(answer) === 'duplicate_deposit').length, 19);
  const second = await restart();
  t.is(codeOf(await second.exchange.credit(deposit)), 'duplicate_deposit');
  t.is(await wallet(alice, 'USD'), '5000000/0');
});

test('what is set up while the database is away is set up once, each with a number of its own', async (t) => {
  let away = false;
  const outage = Object.assign(new Error('connection terminated'), { code: 'ECONNRESET' });
  const setUp = await startTestExchange(t);
  const { exchange } = await setUp.restart({
    replyTimeoutMs: 200,
    wrapLedger: (ledger) => ({
      ...ledger,
      settle: async (batch, frame): Promise<SettleOutcome> => {
        if (away) throw outage;
        return ledger.settle(batch, frame);
      },
    }),
  });
  away = true;
  const asset = (symbol: string) => exchange.createAsset({ symbol, name: symbol, scale: 8 });
  t.is(codeOf(await asset('SOL')), 'outcome_unknown');
  const answers = Promise.all([asset('SOL'), asset('ADA'), asset('SOL')]);
  t.false(exchange.isReady());
  away = false;
  await answers;
  // A command after them sees what they did: SOL and ADA are there whatever was told.
  let last = codeOf(await asset('SOL'));
  while (last === 'outcome_unknown') last = codeOf(await asset('SOL'));
  t.is(last, 'asset_exists');
  const symbols = exchange.catalog().assets.map(({ symbol }) => symbol);
  t.deepEqual(symbols, ['BTC', 'USD', 'ETH', 'SOL', 'ADA']);
  const ids = exchange.catalog().assets.map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
});
