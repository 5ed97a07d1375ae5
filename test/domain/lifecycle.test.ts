import test from 'ava';
import { type AnyStateMachine, initialTransition, transition } from 'xstate';
import { MARKET_STATUSES } from '../../src/domain/market.ts';
import {
  type MarketEvent,
  marketMachine,
  nextMarketStatus,
  refusalForOrder,
} from '../../src/domain/market-machine.ts';
import {
  isWorking,
  nextOrderStatus,
  ORDER_STATUSES,
  type OrderEvent,
  orderMachine,
} from '../../src/domain/order-machine.ts';

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

test('a market’s table is the machine, and setting a status again is refused', (t) => {
  const events: MarketEvent[] = [...MARKET_STATUSES];
  for (const status of MARKET_STATUSES) {
    for (const event of events) {
      t.is(nextMarketStatus(status, event), interpreted(marketMachine, status, event) as never);
      t.is(nextMarketStatus(status, event), status === event ? undefined : event);
    }
  }
});

test('an event that no machine knows is refused', (t) => {
  t.is(nextOrderStatus('open', 'toString' as OrderEvent), undefined);
  t.is(nextMarketStatus('constructor' as 'open', 'open'), undefined);
});

test('which orders a market takes', (t) => {
  t.is(refusalForOrder('open', false), undefined);
  t.is(refusalForOrder('open', true), undefined);
  t.is(refusalForOrder('post_only', false), 'market_post_only');
  t.is(refusalForOrder('post_only', true), undefined);
  t.is(refusalForOrder('cancel_only', true), 'market_cancel_only');
  t.is(refusalForOrder('halted', true), 'market_halted');
});
