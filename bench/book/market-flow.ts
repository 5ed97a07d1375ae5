import type { MarketCommand } from '../../src/actors/market-messages.ts';
import type { AdmittedOrder } from '../../src/domain/accounts/admission.ts';
import { defineMarket, type Market } from '../../src/domain/markets/market.ts';
import type { OrderTerms } from '../../src/domain/orders/order-terms.ts';
import { BENCH_MARKET } from '../harness/market.ts';
import { mulberry32 } from '../harness/mulberry32.ts';

/** Commands for a whole market, as accounts send them: plain orders, or a part of them special. */

export const MIDDLE_TICKS = 1_000_000;
const ACCOUNTS = 64;
const FIRST_ACCOUNT = 1_000;

const BTC = { id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 8 };
const USDT = { id: 2, symbol: 'USDT', name: 'Tether', scale: 6 };

export function benchMarket(): Market {
  const market = defineMarket(1, BENCH_MARKET, BTC, USDT);
  if (!market.ok) throw new Error(market.refusal.detail);
  return market.value;
}

/**
 * 27 % limits near the middle, 23 % that take, 25 % far away, 25 % cancels of those. In the special flow every order prevents
 * self-trades, 10 % are stops and trailing stops, 6 % icebergs, and 4 % come in lists.
 */
export function marketFlow(count: number, special: boolean, seed = 7): MarketCommand[] {
  const random = mulberry32(seed);
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const numbers = new Map<number, number>();
  const cancelable: { accountId: number; orderNo: number }[] = [];

  function order(accountId: number, change: Partial<AdmittedOrder>): AdmittedOrder {
    const orderNo = (numbers.get(accountId) ?? 0) + 1;
    numbers.set(accountId, orderNo);
    return {
      accountId,
      orderNo,
      clientOrderId: null,
      requestDigest: 0,
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      postOnly: false,
      priceTicks: MIDDLE_TICKS,
      quantityLots: between(1, 50),
      quoteBudget: 0,
      makerFeePpm: 1_000,
      takerFeePpm: 2_000,
      ...(special ? { selfTrade: 'cancel_oldest' as const } : {}),
      ...change,
    };
  }

  function list(accountId: number): MarketCommand {
    const no = (numbers.get(accountId) ?? 0) + 1;
    const terms: OrderTerms = { list: { no, type: 'oco', role: 'leg' } };
    const lots = between(1, 50);
    const stopTicks = MIDDLE_TICKS - between(300, 3_000);
    const limit = order(accountId, {
      side: 'sell',
      priceTicks: MIDDLE_TICKS + between(50, 400),
      quantityLots: lots,
      terms,
    });
    const stop = order(accountId, {
      side: 'sell',
      type: 'stop_limit',
      priceTicks: stopTicks - 10,
      quantityLots: lots,
      terms: { ...terms, trigger: { stopTicks, fires: 'below' } },
    });
    return { type: 'submitList', orders: [limit, stop] };
  }

  function stop(accountId: number, buy: boolean): AdmittedOrder {
    const distance = between(50, 600);
    const stopTicks = MIDDLE_TICKS + (buy ? distance : -distance);
    const trail = random() < 0.1 ? { trailTicks: distance } : {};
    return order(accountId, {
      side: buy ? 'buy' : 'sell',
      type: 'stop_limit',
      priceTicks: stopTicks + (buy ? 20 : -20),
      terms: { trigger: { stopTicks, fires: buy ? 'above' : 'below', ...trail } },
    });
  }

  function next(): MarketCommand {
    const accountId = FIRST_ACCOUNT + between(0, ACCOUNTS - 1);
    const buy = random() < 0.5;
    const side = buy ? 'buy' : 'sell';
    const away = (distance: number) => MIDDLE_TICKS + (buy ? -distance : distance);
    const kind = special ? random() : 1;
    if (kind < 0.1) return { type: 'submitOrder', order: stop(accountId, buy) };
    if (kind < 0.16) {
      const quantityLots = between(50, 500);
      const terms = { iceberg: { displayLots: Math.ceil(quantityLots / 10), shownLots: 0 } };
      return {
        type: 'submitOrder',
        order: order(accountId, { side, priceTicks: away(between(1, 200)), quantityLots, terms }),
      };
    }
    if (kind < 0.2) return list(accountId);
    const dice = random();
    if (dice < 0.27)
      return { type: 'submitOrder', order: order(accountId, { side, priceTicks: away(between(1, 200)) }) };
    if (dice < 0.5)
      return {
        type: 'submitOrder',
        order: order(accountId, { side, priceTicks: away(-400), timeInForce: 'ioc' }),
      };
    const oldest = dice < 0.75 ? cancelable.shift() : undefined;
    if (oldest !== undefined) return { type: 'cancelResting', ...oldest };
    const far = order(accountId, { side, priceTicks: away(between(1_000, 50_000)) });
    cancelable.push({ accountId, orderNo: far.orderNo });
    return { type: 'submitOrder', order: far };
  }

  return Array.from({ length: count }, next);
}

/**
 * A market in which so many stops wait, a tick apart, each of which fires the next: every one sells to a bid just below the
 * one before. The last command sets them off.
 */
export function cascadeFlow(stops: number): MarketCommand[] {
  const plain = {
    clientOrderId: null,
    requestDigest: 0,
    postOnly: false,
    quoteBudget: 0,
    quantityLots: 1,
    makerFeePpm: 1_000,
    takerFeePpm: 2_000,
    timeInForce: 'gtc' as const,
    type: 'limit' as const,
  };
  const commands: MarketCommand[] = [];
  const submit = (order: AdmittedOrder) => commands.push({ type: 'submitOrder', order });
  for (let index = 0; index <= stops; index += 1) {
    submit({ ...plain, accountId: 1_000, orderNo: index + 1, side: 'buy', priceTicks: MIDDLE_TICKS - index });
  }
  for (let index = 0; index < stops; index += 1) {
    const stopTicks = MIDDLE_TICKS - index;
    const terms: OrderTerms = { trigger: { stopTicks, fires: 'below' } };
    const protection = { priceTicks: 1, type: 'stop', timeInForce: 'ioc' } as const;
    submit({ ...plain, ...protection, accountId: 1_001, orderNo: index + 1, side: 'sell', terms });
  }
  submit({ ...plain, accountId: 1_002, orderNo: 1, side: 'sell', priceTicks: MIDDLE_TICKS });
  return commands;
}
