import type { OrderView } from '../../../domain/views.ts';
import { show } from '../../api/decimals.ts';

const TYPES: Readonly<Record<string, string>> = {
  limit: 'Limit',
  market: 'Market',
  stop: 'Stop',
  stop_limit: 'Stop limit',
  take_profit: 'Take profit',
  take_profit_limit: 'Take profit limit',
  trailing_stop: 'Trailing stop',
};

/** For example `Limit · OCO`. */
export function describeType({ type, postOnly, displayQuantity, listType, timeInForce }: OrderView): string {
  const parts = [TYPES[type] ?? type];
  if (postOnly) parts.push('post only');
  if (displayQuantity !== undefined) parts.push('iceberg');
  if (timeInForce === 'ioc' && type.endsWith('limit')) parts.push('IOC');
  if (timeInForce === 'fok') parts.push('FOK');
  if (listType !== undefined) parts.push(listType.toUpperCase());
  return parts.join(' · ');
}

/** For example `waits for its stop price`. */
export function describeStatus({ status, reason }: OrderView): string {
  if (status === 'untriggered') return 'waits for its stop price';
  if (status === 'pending') return 'waits for another order';
  const text = status.replaceAll('_', ' ');
  return reason === null || reason === status ? text : `${text}: ${reason.replaceAll('_', ' ')}`;
}

/** What became of an order that was just placed. */
export function describePlaced(
  order: OrderView,
  { base, quote }: { readonly base: string; readonly quote: string },
): string {
  const deed = order.side === 'buy' ? 'Bought' : 'Sold';
  if (order.filledQuantity !== '0') {
    const done = `${deed} ${show(order.filledQuantity)} ${base} at ${show(order.averagePrice)} ${quote}`;
    return order.status === 'filled' ? `${done}.` : `${done}; the order is ${describeStatus(order)}.`;
  }
  const isWaiting = order.status === 'untriggered' || order.status === 'pending';
  return `The order ${isWaiting ? '' : 'is '}${describeStatus(order)}.`;
}
