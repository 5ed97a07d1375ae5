import { createMachine } from 'xstate';
import { compileLifecycle } from '../lifecycle.ts';

/** Where an order stands. They are stored by their place here: only add at the end. */
export const ORDER_STATUSES = Object.freeze([
  'open',
  'partially_filled',
  'filled',
  'canceled',
  'rejected',
  'untriggered',
  'pending',
] as const);
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/**
 * `opened`, `armed`: the list's working order is filled, and this one goes to the book or waits for its stop price;
 * `triggered`: the stop price was reached; `partFilled`: a trade left something; `filled`: nothing is left; `refused`: it may
 * not even begin.
 */
export type OrderEvent =
  | 'opened'
  | 'armed'
  | 'triggered'
  | 'partFilled'
  | 'filled'
  | 'canceled'
  | 'refused'
  | 'amended';

/**
 * The life of an order. It begins open, or untriggered with a stop price, or pending as a leg that another order opens.
 * Everything that changes a status goes through this machine's compiled table.
 */
export const orderMachine = createMachine({
  id: 'order',
  initial: 'open',
  states: {
    pending: { on: { opened: 'open', armed: 'untriggered', canceled: 'canceled' } },
    untriggered: { on: { triggered: 'open', canceled: 'canceled', amended: 'untriggered' } },
    open: {
      on: {
        partFilled: 'partially_filled',
        filled: 'filled',
        canceled: 'canceled',
        refused: 'rejected',
        amended: 'open',
      },
    },
    partially_filled: {
      on: {
        partFilled: 'partially_filled',
        filled: 'filled',
        canceled: 'canceled',
        amended: 'partially_filled',
      },
    },
    filled: { type: 'final' },
    canceled: { type: 'final' },
    rejected: { type: 'final' },
  },
});

/** Status after an event; undefined when the status doesn't take it. */
export const nextOrderStatus = compileLifecycle<OrderStatus, OrderEvent>(orderMachine);

/** Whether an order with this status can still trade. */
export function isWorking(status: OrderStatus): boolean {
  return status === 'open' || status === 'partially_filled' || isWaiting(status);
}

/** Whether an order with this status waits outside of the book. */
export function isWaiting(status: OrderStatus): boolean {
  return status === 'untriggered' || status === 'pending';
}
