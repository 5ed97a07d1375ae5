import test from 'ava';
import { mulberry32 } from '../../bench/harness/mulberry32.ts';
import type { Result } from '../../src/domain/rejection.ts';
import { codeOf, mustBeOk, startTestExchange, type TestExchange } from '../support/exchange.ts';

const ORDERS = 1_500;
/** Refusals that this flow explains. */
const EXPLAINED = [
  'ok',
  'insufficient_funds',
  'market_restarting',
  'market_post_only',
  'no_reference_price',
  'order_amend_pending',
  'order_not_found',
  'order_not_open',
  'post_only_would_take',
  'quantity_below_filled',
];

/** Whole numbers below a limit, the same in every run. */
function numbers(seed: number): (below: number) => number {
  const random = mulberry32(seed);
  return (below) => Math.floor(random() * below);
}

/** Whatever the ledger says is free can be spent, to the last lot, and not one lot more: memory has kept nothing. */
async function assertSpendable(
  t: Parameters<typeof startTestExchange>[0],
  x: TestExchange,
  accountId: number,
) {
  const free = async (asset: string) => {
    const [balance, locked] = (await x.wallet(accountId, asset)).split('/').map(BigInt);
    return balance! - locked!;
  };
  // A lot of BTC is 10,000 minor units; a lot at one tick costs one minor unit of USD.
  const lots = (await free('BTC')) / 10_000n;
  const sell = { side: 'sell', price: '500', clientOrderId: undefined } as const;
  const quantity = (whole: bigint) => `${whole / 10_000n}.${String(whole % 10_000n).padStart(4, '0')}`;
  t.is(codeOf(await x.place(accountId, { ...sell, quantity: quantity(lots + 1n) })), 'insufficient_funds');
  t.is(
    codeOf(await x.place(accountId, { ...sell, quantity: quantity(lots) })),
    'ok',
    `${lots} lots are free`,
  );
  const ticks = (await free('USD')) / 10_000n;
  const buy = (price: bigint) => ({ price: `${price / 100n}.${String(price % 100n).padStart(2, '0')}` });
  // One whole BTC at so many ticks; the price stays below everything on the book.
  const parts = ticks / 2_000n + 1n;
  let left = ticks;
  for (let part = 0n; part < parts && left > 0n; part += 1n) {
    const price = left > 2_000n ? 2_000n : left;
    if (price >= 100n) {
      t.is(
        codeOf(await x.place(accountId, { ...buy(price), quantity: '1' })),
        'ok',
        `${ticks} ticks are free`,
      );
      left -= price;
    } else break;
  }
  t.is(codeOf(await x.place(accountId, { ...buy(left + 100n), quantity: '1' })), 'insufficient_funds');
}

test('after a storm of everything at once, what accounts may spend is what the ledger says', async (t) => {
  const pick = numbers(20_260_105);
  let messages = 0;
  const x = await startTestExchange(t, {
    beforeMarketMessage: () => {
      messages += 1;
      if (messages % 97 === 0) throw new Error('injected');
    },
  });
  const accounts = await Promise.all([1, 2, 3].map(() => x.account({ USD: '700', BTC: '7' })));
  const codes = new Map<string, number>();
  const count = (result: Result<unknown>) => {
    codes.set(codeOf(result), (codes.get(codeOf(result)) ?? 0) + 1);
  };
  const price = () => (98 + pick(400) / 100).toFixed(2);
  const quantity = () => (0.02 + pick(100) / 100).toFixed(4);
  const underWay = new Set<Promise<void>>();
  for (let step = 0; step < ORDERS; step += 1) {
    const accountId = accounts[pick(3)]!;
    const name = { orderNo: 1 + pick(Math.max(1, step / 3)) };
    const dice = pick(100);
    let sent: Promise<Result<unknown>>;
    if (dice < 60) {
      const form = pick(10);
      const side = pick(2) === 0 ? 'buy' : 'sell';
      const order = { side, price: price(), quantity: quantity() } as const;
      if (form < 6) sent = x.place(accountId, order);
      else if (form === 6) sent = x.place(accountId, { ...order, timeInForce: 'ioc' });
      else if (form === 7) sent = x.place(accountId, { ...order, timeInForce: 'fok' });
      else if (form === 8) sent = x.place(accountId, { ...order, postOnly: true });
      else sent = x.place(accountId, { side, type: 'market', price: undefined, quantity: order.quantity });
    } else if (dice < 72) sent = x.exchange.cancelOrder({ accountId, name });
    else if (dice < 94) {
      sent = x.exchange.amendOrder({
        accountId,
        name,
        ...(pick(2) === 0 ? { price: price() } : {}),
        ...(pick(2) === 0 ? { quantity: quantity() } : {}),
      });
    } else if (dice < 97) sent = x.exchange.cancelAllOrders({ accountId });
    else if (dice < 98) sent = x.exchange.setMarketStatus('BTC-USD', 'post_only');
    else sent = x.exchange.setMarketStatus('BTC-USD', 'open');
    const done = sent.then((result) => {
      count(result);
      underWay.delete(done);
    });
    underWay.add(done);
    if (underWay.size >= 100) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  t.deepEqual(
    [...codes.keys()].filter((code) => !EXPLAINED.includes(code)),
    [],
  );
  for (const code of ['ok', 'market_restarting', 'insufficient_funds']) t.true(codes.get(code)! > 0, code);
  t.log(codes);

  // Quiet: no more faults, nothing on the book that the probes could meet.
  messages = Number.NEGATIVE_INFINITY;
  mustBeOk(await x.exchange.setMarketStatus('BTC-USD', 'open'));
  for (const accountId of accounts) {
    await assertSpendable(t, x, accountId);
    mustBeOk(await x.exchange.cancelAllOrders({ accountId }));
  }
});
