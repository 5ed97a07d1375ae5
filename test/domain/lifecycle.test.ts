import test from 'ava';
import { type AnyStateMachine, initialTransition, transition } from 'xstate';
import { MARKET_STATUSES } from '../../src/domain/markets/market.ts';
import {
  type MarketEvent,
  marketMachine,
  nextMarketStatus,
  refusalForOrder,
} from '../../src/domain/markets/market-machine.ts';
import {
  isWorking,
  nextOrderStatus,
  ORDER_STATUSES,
  type OrderEvent,
  orderMachine,
} from '../../src/domain/orders/order-machine.ts';

/** What the interpreter of XState says, which the compiled table must say too. */
function interpreted(machine: AnyStateMachine, state: string, event: string): string | undefined {
  const [initial] = initialTransition(machine);
  const before = machine.resolveState({ value: state, context: initial.context });
  if (!before.can({ type: event })) return undefined;
  const [after] = transition(machine, before, { type: event });
  return String(after.value);
}

test('an order’s table is the machine, for every status and event', (t) => {
  const events: OrderEvent[] = ['partFilled', 'filled', 'canceled', 'refused', 'amended'];
  for (const status of ORDER_STATUSES) {
    for (const event of events) {
      t.is(
        nextOrderStatus(status, event),
        interpreted(orderMachine, status, event) as never,
        `${status} ${event}`,
      );
    }
  }
});

test('an order that has ended takes nothing any more', (t) => {
  for (const status of ORDER_STATUSES.filter((status) => !isWorking(status))) {
    for (const event of ['partFilled', 'filled', 'canceled', 'refused', 'amended'] as const) {
      t.is(nextOrderStatus(status, event), undefined);
    }
  }
});

/** Where a market that is not open yet can go. */
const OPENS: readonly MarketEvent[] = ['open', 'post_only', 'auction', 'closed'];

test('a market’s table is the machine, and setting a status again is refused', (t) => {
  const events = MARKET_STATUSES.filter((status): status is MarketEvent => status !== 'pending');
  for (const status of MARKET_STATUSES) {
    for (const event of events) {
      t.is(nextMarketStatus(status, event), interpreted(marketMachine, status, event) as never);
      const stays =
        status === event || status === 'closed' || (status === 'pending' && !OPENS.includes(event));
      t.is(nextMarketStatus(status, event), stays ? undefined : event);
    }
  }
});

test('an event that no machine knows is refused', (t) => {
  t.is(nextOrderStatus('open', 'toString' as OrderEvent), undefined);
  t.is(nextMarketStatus('constructor' as 'open', 'open'), undefined);
});

test('which orders a market takes', (t) => {
  const resting = { postOnly: false, timeInForce: 'gtc', waits: false } as const;
  const postOnly = { ...resting, postOnly: true };
  const immediate = { ...resting, timeInForce: 'ioc' } as const;
  const stop = { ...immediate, waits: true };
  for (const entry of [resting, postOnly, immediate, stop]) {
    t.is(refusalForOrder('open', entry), undefined);
    t.is(refusalForOrder('cancel_only', entry), 'market_cancel_only');
    t.is(refusalForOrder('halted', entry), 'market_halted');
    t.is(refusalForOrder('pending', entry), 'market_pending');
    t.is(refusalForOrder('closed', entry), 'market_closed');
    t.is(refusalForOrder('post_only', entry), entry.postOnly ? undefined : 'market_post_only');
  }
  t.is(refusalForOrder('auction', resting), undefined);
  t.is(refusalForOrder('auction', postOnly), undefined);
  t.is(refusalForOrder('auction', stop), undefined);
  t.is(refusalForOrder('auction', immediate), 'market_auction');
});
