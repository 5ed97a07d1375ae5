import type { Exchange, PlaceOrderListCommand } from '../../actors/ports.ts';
import { type Result, refuse } from '../../domain/rejection.ts';
import type { RateLimits } from './policies.ts';
import { Windows } from './windows.ts';

const SHORT_SECONDS = 10;
const DAY_SECONDS = 24 * 60 * 60;

/**
 * An exchange that takes only so many orders of an account which don't trade. What makes trades costs the exchange nothing
 * that it doesn't live from; what only comes and goes costs everybody. An order gives back what it counted when it trades,
 * and when it is refused. One process trades at a time, so the count needs no other.
 */
export function limitUnfilledOrders(
  exchange: Exchange,
  limits: Pick<RateLimits, 'unfilledOrders' | 'unfilledOrdersADay'>,
  now: () => number,
): Exchange {
  const short = new Windows({ seconds: SHORT_SECONDS, now });
  const day = new Windows({ seconds: DAY_SECONDS, now });

  function giveBack(accountId: number, orders: number): void {
    short.giveBack(String(accountId), orders);
    day.giveBack(String(accountId), orders);
  }

  /** @returns the refusal, and nothing is counted */
  function take(accountId: number, orders: number): ReturnType<typeof refuse> | undefined {
    const name = String(accountId);
    const counts = [
      { count: short.add(name, orders), limit: limits.unfilledOrders, period: 'ten seconds' },
      { count: day.add(name, orders), limit: limits.unfilledOrdersADay, period: 'a day' },
    ];
    const exceeded = counts.find(({ count, limit }) => count.consumed > limit);
    if (exceeded === undefined) return undefined;
    giveBack(accountId, orders);
    const retryAfterSeconds = Math.max(1, Math.ceil((exceeded.count.endsAtMs - now()) / 1_000));
    const detail = `More than ${exceeded.limit} orders within ${exceeded.period} that did not trade: wait ${retryAfterSeconds} s.`;
    return refuse('too_many_unfilled_orders', detail, retryAfterSeconds);
  }

  async function limited<Value extends { readonly repeated: boolean }>(
    accountId: number,
    orders: number,
    place: () => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    const refused = take(accountId, orders);
    if (refused !== undefined) return refused;
    const placed = await place();
    if (!placed.ok || placed.value.repeated) giveBack(accountId, orders);
    return placed;
  }

  exchange.accountFrames.subscribe(({ accountId, fills }) => {
    if (fills.length === 0) return;
    giveBack(accountId, fills.length === 1 ? 1 : new Set(fills.map(({ orderId }) => orderId)).size);
  });

  return {
    ...exchange,
    placeOrder: (command) => limited(command.accountId, 1, () => exchange.placeOrder(command)),
    placeOrderList: (command) =>
      limited(command.accountId, ordersOf(command), () => exchange.placeOrderList(command)),
    replaceOrder: (command) => limited(command.accountId, 1, () => exchange.replaceOrder(command)),
  };
}

function ordersOf({ request: { working, legs } }: PlaceOrderListCommand): number {
  return legs.length + (working === undefined ? 0 : 1);
}
