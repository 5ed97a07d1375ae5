import test from 'ava';
import { codeOf, mustBeOk, startTestExchange } from '../../support/exchange.ts';
import { BTC_USD } from '../../support/markets.ts';

/** Makes the market BTC-USD throw at the messages that a test picks. */
function faults() {
  const broken = new Error('injected');
  let pick: ((type: string) => boolean) | undefined;
  return {
    arm(next: (type: string) => boolean) {
      pick = next;
    },
    hook(market: { readonly symbol: string }, message: { readonly command: { readonly type: string } }) {
      if (market.symbol === 'BTC-USD' && pick?.(message.command.type) === true) throw broken;
    },
  };
}

test('a market that throws: its asker is told, the hold comes back, and it goes on where it was', async (t) => {
  const fault = faults();
  const { place, account, wallet } = await startTestExchange(t, {
    beforeMarketMessage: fault.hook,
  });
  const alice = await account({ USD: '100' });
  const bob = await account({ BTC: '2' });
  mustBeOk(await place(alice, { price: '50', quantity: '0.5', clientOrderId: 'rests' }));
  let count = 0;
  fault.arm(() => ++count === 1);
  t.is(codeOf(await place(alice, { price: '75', clientOrderId: 'lost' })), 'market_restarting');
  t.is(await wallet(alice, 'USD'), '100000000/25000000');
  const again = mustBeOk(await place(alice, { price: '75', clientOrderId: 'lost' }));
  t.false(again.repeated, 'an order that was lost never was: its id is free');
  const { fills } = mustBeOk(await place(bob, { side: 'sell', price: '50', quantity: '1.5' }));
  t.deepEqual(
    fills.map(({ price, quantity }) => `${quantity}@${price}`),
    ['1@75', '0.5@50'],
  );
});

test('what was under way when it threw is settled, what came after is handled by the restored book', async (t) => {
  const fault = faults();
  const { place, account, wallet } = await startTestExchange(t, { beforeMarketMessage: fault.hook });
  const alice = await account({ USD: '1000' });
  const bob = await account({ BTC: '10' });
  let count = 0;
  fault.arm(() => ++count % 25 === 0);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0 ? place(alice, { quantity: '0.05' }) : place(bob, { side: 'sell', quantity: '0.05' }),
    ),
  );
  t.is(answers.filter((answer) => codeOf(answer) === 'market_restarting').length, 8);
  t.is(answers.filter(({ ok }) => ok).length, 192);
  fault.arm(() => false);
  const [usd, btc] = [await wallet(alice, 'USD'), await wallet(bob, 'BTC')];
  t.regex(usd, /^\d+\/\d+$/);
  t.regex(btc, /^\d+\/\d+$/);
  mustBeOk(await place(alice, { quantity: '0.05' }));
});

test('amends and cancels that hit a throwing market change nothing and can be sent again', async (t) => {
  const fault = faults();
  const { place, account, wallet, exchange } = await startTestExchange(t, {
    beforeMarketMessage: fault.hook,
  });
  const alice = await account({ USD: '300' });
  mustBeOk(await place(alice, { clientOrderId: 'a' }));
  const command = { accountId: alice, name: { clientOrderId: 'a' } };
  fault.arm((type) => type !== 'submitOrder');
  t.is(codeOf(await exchange.amendOrder({ ...command, quantity: '3' })), 'market_restarting');
  t.is(codeOf(await exchange.cancelOrder(command)), 'market_restarting');
  t.is(codeOf(await exchange.cancelAllOrders({ accountId: alice })), 'market_restarting');
  t.is(codeOf(await exchange.setMarketStatus('BTC-USD', 'halted')), 'market_restarting');
  t.is(await wallet(alice, 'USD'), '300000000/100000000');
  fault.arm(() => false);
  mustBeOk(await exchange.amendOrder({ ...command, quantity: '3' }));
  t.is(await wallet(alice, 'USD'), '300000000/300000000');
  mustBeOk(await exchange.cancelOrder(command));
});

test('other markets notice nothing', async (t) => {
  const fault = faults();
  const { place, account } = await startTestExchange(t, {
    beforeMarketMessage: fault.hook,
    markets: [BTC_USD, { ...BTC_USD, symbol: 'ETH-USD', base: 'ETH' }],
  });
  const alice = await account({ USD: '1000' });
  fault.arm(() => true);
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      place(alice, { quantity: '0.05', market: index % 2 === 0 ? 'ETH-USD' : 'BTC-USD' }),
    ),
  );
  const codes = answers.map(codeOf);
  t.true(codes.every((code, index) => code === (index % 2 === 0 ? 'ok' : 'market_restarting')));
});
