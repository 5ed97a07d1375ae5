import { createMachine } from 'xstate';
import { compileLifecycle } from './lifecycle.ts';

/** Where an order stands. The last three are final. */
export const ORDER_STATUSES = Object.freeze([
  'open',
  'partially_filled',
  'filled',
  'canceled',
  'rejected',
] as const);
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** `partFilled`: a trade left something; `filled`: nothing is left; `refused`: it may not even begin. */
export type OrderEvent = 'partFilled' | 'filled' | 'canceled' | 'refused' | 'amended';

/** The life of an order. Everything that changes a status goes through this machine's compiled table. */
export const orderMachine = createMachine({
  id: 'order',
  initial: 'open',
  states: {
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
  return status === 'open' || status === 'partially_filled';
}
