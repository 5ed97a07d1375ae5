import test from 'ava';
import type { PublicEvent } from '../../src/actors/ports.ts';
import { findAccountEvents } from '../../src/db/account-events.ts';
import { mustBeOk, startTestExchange } from '../support/exchange.ts';

test('private frames are numbered without gaps, come after the commit, and are kept as they were told', async (t) => {
  const { exchange, place, account, frames, pool, wallet } = await startTestExchange(t);
  const alice = await account({ USD: '10000', BTC: '100' });
  const bob = await account({ USD: '10000', BTC: '100' });
  await Promise.all(
    Array.from({ length: 120 }, (_, index) =>
      place(index % 2 === 0 ? alice : bob, {
        side: index % 3 === 0 ? 'sell' : 'buy',
        price: String(98 + (index % 5)),
        quantity: '0.1',
      }),
    ),
  );
  await exchange.cancelAllOrders({ accountId: alice });
  for (const accountId of [alice, bob]) {
    const own = frames.filter((frame) => frame.accountId === accountId);
    t.deepEqual(
      own.map(({ sequence }) => sequence),
      own.map((_, index) => index + 1),
    );
    const stored = await findAccountEvents(pool, accountId, 0, 1_000);
    t.deepEqual(
      stored,
      own.map(({ sequence, orders, fills, balances, preventedMatches = [] }) => ({
        sequence,
        data: { orders, fills, ...(preventedMatches.length > 0 && { preventedMatches }), balances },
      })),
    );
    // The last balance that was told is the one that is.
    const told = own.flatMap(({ balances }) => balances).findLast(({ asset }) => asset === 'USD')!;
    const [balance] = (await wallet(accountId, 'USD')).split('/');
    t.is(BigInt(Math.round(Number(told.balance) * 1e6)), BigInt(balance!));
  }
  t.true(frames.some(({ fills }) => fills.length > 0));
});

test('an order’s answer, its frame and the public trade tell the same', async (t) => {
  const { exchange, place, account, frames } = await startTestExchange(t);
  const events: PublicEvent[] = [];
  exchange.publicEvents.subscribe((event) => events.push(event));
  const maker = await account({ BTC: '1' });
  const taker = await account({ USD: '100' });
  mustBeOk(await place(maker, { side: 'sell', quantity: '0.5' }));
  const traded = new Promise<void>((resolve) => {
    exchange.publicEvents.subscribe(({ channel }) => channel === 'trades' && resolve());
  });
  const { order, fills } = mustBeOk(await place(taker, { quantity: '0.5' }));
  await traded;
  const frame = frames.findLast(({ accountId }) => accountId === taker)!;
  t.deepEqual(frame.orders, [order]);
  t.deepEqual(frame.fills, fills);
  const trades = events.flatMap((event) => (event.channel === 'trades' ? event.trades : []));
  t.like(trades, [{ id: fills[0]!.tradeId, price: '100', quantity: '0.5', takerSide: 'buy' }]);
  t.like(mustBeOk(exchange.ticker('BTC-USD')), { lastPrice: '100', tradeCount: 1, volume: '0.5' });
});

test('an exchange that stops tells once, refuses what comes then, and answers what was under way', async (t) => {
  const { exchange, place, account } = await startTestExchange(t);
  const alice = await account({ USD: '1000' });
  const reasons: string[] = [];
  exchange.stopping.subscribe(({ reason }) => reasons.push(reason));
  const underWay = Array.from({ length: 20 }, () => place(alice, { quantity: '0.1' }));
  const stopped = exchange.stop('maintenance');
  t.false(exchange.isReady());
  const late = await place(alice, {});
  t.is(late.ok ? 'ok' : late.refusal.code, 'exchange_stopped');
  for (const answer of await Promise.all(underWay)) t.true(answer.ok);
  await stopped;
  t.deepEqual(reasons, ['maintenance']);
  t.is(exchange.backlog(), 0);
});
