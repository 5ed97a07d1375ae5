import { digest53 } from '../digest.ts';
import type { OrderListRequest } from './order-list.ts';
import type { OrderRequest } from './order-request.ts';

/**
 * The same for two requests exactly if they ask for the same, whatever the order of their fields. It is stored, so what it
 * is made of for a plain order may never change.
 * @param list the whole that the order is placed with
 */
export function digestOf(request: OrderRequest, list?: OrderListRequest): number {
  const plain = [
    request.market,
    request.side,
    request.type,
    request.timeInForce ?? null,
    request.postOnly ?? false,
    request.price ?? null,
    request.quantity ?? null,
    request.quoteAmount ?? null,
  ];
  const special = [
    request.reprice ?? null,
    request.stopPrice ?? null,
    request.trailingOffset ?? null,
    request.trailingPercent ?? null,
    request.displayQuantity ?? null,
    request.minQuantity ?? null,
    request.expiresAt ?? null,
    request.selfTradePrevention ?? null,
    request.tag ?? null,
  ];
  const whole = list === undefined ? [] : [list.working ?? null, ...list.legs].map(sorted);
  const isPlain = list === undefined && special.every((field) => field === null);
  return digest53(JSON.stringify(isPlain ? plain : [...plain, ...special, ...whole]));
}

function sorted(order: object | null): object | null {
  return order === null
    ? null
    : Object.fromEntries(
        Object.entries(order)
          .filter(([, value]) => value !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
}
