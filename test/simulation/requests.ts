import { SELF_TRADE_PREVENTIONS, type Side } from '../../src/domain/orders/order.ts';
import type { OrderListRequest } from '../../src/domain/orders/order-list.ts';
import type { OrderRequest } from '../../src/domain/orders/order-request.ts';
import type { Random } from './random.ts';

/** What clients ask for: orders of every type around one price, some of which fit together only by chance. */

export const MARKETS = ['BTC-USD', 'ETH-USD'] as const;

export function orderRequest(
  random: Random,
  nowMs: number,
  clientOrderId: string | undefined,
  side: Side = random.pick(['buy', 'sell']),
): OrderRequest {
  const base = {
    market: random.pick(MARKETS),
    side,
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
    ...(random.oneIn(5) ? { tag: random.pick(['a', 'b']) } : {}),
    ...(random.oneIn(3) ? { selfTradePrevention: random.pick(SELF_TRADE_PREVENTIONS) } : {}),
  };
  const dice = random.below(100);
  if (dice < 62) return { ...base, type: 'limit', ...limitTerms(random, nowMs) };
  if (dice < 72) {
    const amount = { quoteAmount: `${random.between(2, 60)}.${random.between(100000, 999999)}` };
    const byAmount = side === 'buy' && random.oneIn(2);
    return { ...base, type: 'market', ...(byAmount ? amount : { quantity: quantity(random) }) };
  }
  if (dice < 80)
    return {
      ...base,
      type: random.pick(['stop', 'take_profit']),
      quantity: quantity(random),
      stopPrice: price(random),
    };
  if (dice < 88)
    return {
      ...base,
      type: random.pick(['stop_limit', 'take_profit_limit']),
      ...limitTerms(random, nowMs),
      stopPrice: price(random),
    };
  const trail = random.oneIn(2)
    ? { trailingOffset: `${random.between(1, 6)}` }
    : { trailingPercent: `${random.between(1, 5)}` };
  return { ...base, type: 'trailing_stop', quantity: quantity(random), ...trail };
}

export function listRequest(random: Random, name: string): OrderListRequest {
  const market = random.pick(MARKETS);
  const listed = (order: OrderRequest) => {
    const { market: _, tag: __, ...rest } = order;
    return rest;
  };
  const side = random.pick(['buy', 'sell'] as const);
  const legSide = side === 'buy' ? 'sell' : 'buy';
  const lots = quantity(random);
  const limit = { market, type: 'limit', quantity: lots } as const;
  const working = { ...limit, side, price: price(random), clientOrderId: `${name}-w` };
  const stop = {
    market,
    type: random.pick(['stop', 'take_profit'] as const),
    side: legSide,
    quantity: lots,
    stopPrice: price(random),
    clientOrderId: `${name}-s`,
  } as const;
  const rests = { ...limit, side: legSide, price: price(random), clientOrderId: `${name}-l` } as const;
  const legs = random.pick([[stop], [rests], [stop, rests], [rests, stop]]).map(listed);
  const isOco = legs.length === 2 && random.oneIn(2);
  return isOco ? { market, legs } : { market, working: listed(working), legs };
}

/** Between 85 and 115, mostly near 100, where all begins. */
export function price(random: Random): string {
  const far = random.oneIn(4) ? 15 : 4;
  return String(100 + random.between(-far, far));
}

export function quantity(random: Random): string {
  return (random.between(1, 200) / 100).toFixed(2);
}

function limitTerms(random: Random, nowMs: number): Partial<OrderRequest> {
  const terms = { price: price(random), quantity: quantity(random) };
  const dice = random.below(100);
  if (dice < 45) return terms;
  if (dice < 55) return { ...terms, timeInForce: 'ioc', ...(random.oneIn(3) ? { minQuantity: '0.10' } : {}) };
  if (dice < 63) return { ...terms, timeInForce: 'fok' };
  if (dice < 75) return { ...terms, postOnly: true, ...(random.oneIn(2) ? { reprice: true } : {}) };
  if (dice < 88)
    return { ...terms, displayQuantity: '0.05', quantity: (random.between(10, 200) / 100).toFixed(2) };
  const expiresAt = new Date(nowMs + random.between(50, 20_000)).toISOString();
  return { ...terms, timeInForce: 'gtd', expiresAt };
}
