import type { MarketStatus } from '../../domain/markets/market.ts';
import { firesStops, nextMarketStatus } from '../../domain/markets/market-machine.ts';
import type { Handled } from '../effects.ts';
import type {
  EndAuction,
  ExpireOrders,
  FireStops,
  SetMarketStatus,
  SweepClosed,
} from '../market-messages.ts';
import { answer, refusalOf } from './answers.ts';
import { beginAuction, leaveAuction } from './auction.ts';
import { Cascade } from './cascade.ts';
import { Execution } from './execution.ts';
import type { OpenMarket } from './open-market.ts';
import type { LiveOrder } from './order-table.ts';
import { DONE, effectOf } from './outcomes.ts';

/** What comes to a market from operators and from the clock rather than from its traders. */

/** Orders that one message of the clock cancels: they are written by one transaction. */
const CANCELED_AT_ONCE = 5_000;

export function setStatus(on: OpenMarket, command: SetMarketStatus, atMs: number, replyTo: number): Handled {
  const { status, auctionMs } = command;
  // An auction that runs may be given another end.
  if (status === on.status && auctionMs === undefined) return answer(DONE, replyTo);
  const next = status === on.status ? status : nextStatus(on, status);
  if (next === undefined) {
    const code = on.status === 'closed' ? 'market_closed' : 'invalid_market_status';
    return answer({ type: 'refused', refusal: refusalOf(code) }, replyTo);
  }
  const execution = new Execution(on, atMs);
  if (next === 'auction') beginAuction(on, auctionMs === undefined ? null : atMs + auctionMs);
  else leaveAuction(on, execution, next);
  followStatus(on, execution);
  return effectOf(on, execution, command, replyTo, () => DONE);
}

function nextStatus(on: OpenMarket, status: MarketStatus): MarketStatus | undefined {
  return status === 'pending' ? undefined : nextMarketStatus(on.status, status);
}

export function endAuction(on: OpenMarket, command: EndAuction, atMs: number, replyTo: number): Handled {
  const { status, auctionEndsAtMs } = on;
  if (status !== 'auction' || auctionEndsAtMs === null || auctionEndsAtMs > atMs)
    return answer(DONE, replyTo);
  const execution = new Execution(on, atMs);
  leaveAuction(on, execution, on.auctionOpensAs);
  followStatus(on, execution);
  return effectOf(on, execution, command, replyTo, () => DONE);
}

/** Stops fire by the price at which trading begins; what was about to fire when it ended waits again. */
function followStatus(on: OpenMarket, execution: Execution): void {
  const cascade = new Cascade(on, execution);
  if (firesStops(on.status)) cascade.observeLast();
  cascade.settle();
}

export function fireStops(on: OpenMarket, command: FireStops, atMs: number, replyTo: number): Handled {
  if (on.due.size === 0 || !firesStops(on.status)) return answer(DONE, replyTo);
  const execution = new Execution(on, atMs);
  new Cascade(on, execution).settle();
  return effectOf(on, execution, command, replyTo, () => DONE);
}

/**
 * Cancels some of the orders that are due; whoever sent it looks again whether there are more. Those whose time came after the end
 * of an auction have still a part in it.
 */
export function expireOrders(on: OpenMarket, command: ExpireOrders, atMs: number, replyTo: number): Handled {
  const expired: LiveOrder[] = [];
  const untilMs = Math.min(atMs, on.auctionEndsAtMs ?? atMs);
  while (expired.length < CANCELED_AT_ONCE && on.nextExpiryMs <= untilMs) {
    const order = on.expiries.first!;
    on.expiries.remove(order);
    expired.push(order);
  }
  return cancelDue(on, command, expired, 'expired', atMs, replyTo);
}

export function sweepClosed(on: OpenMarket, command: SweepClosed, atMs: number, replyTo: number): Handled {
  const orders = on.status === 'closed' ? on.orders.first(CANCELED_AT_ONCE) : [];
  return cancelDue(on, command, orders, 'market_closed', atMs, replyTo);
}

function cancelDue(
  on: OpenMarket,
  command: ExpireOrders | SweepClosed,
  orders: readonly LiveOrder[],
  reason: 'expired' | 'market_closed',
  atMs: number,
  replyTo: number,
): Handled {
  if (orders.length === 0) return answer(DONE, replyTo);
  const execution = new Execution(on, atMs);
  new Cascade(on, execution).cancelEach(orders, reason);
  return effectOf(on, execution, command, replyTo, () => DONE);
}
