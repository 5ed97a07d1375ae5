import { feeOn } from '../../src/domain/fees.ts';
import { type Market, valueMinor } from '../../src/domain/markets/market.ts';
import { hasLimitPrice, type OrderReason, rests, type Side } from '../../src/domain/orders/order.ts';
import type { OrderStatus } from '../../src/domain/orders/order-machine.ts';
import type { Prevention } from '../../src/domain/orders/prevention.ts';
import type { OrderRef, Trade } from '../../src/domain/trade.ts';
import { clearing, corridor, type NaiveTick } from './naive-market-auction.ts';
import { isOwn, type NaiveOrder, openLots, opposite } from './naive-market-orders.ts';

export type NaiveTrade = Omit<Trade, 'marketId' | 'executedAtMs'>;
export type NaivePrevention = Omit<Prevention, 'marketId' | 'seq' | 'place' | 'preventedAtMs'>;
const EVERYWHERE = [0, Number.POSITIVE_INFINITY] as const;

export type Obstacle = Extract<
  OrderReason,
  'post_only_would_take' | 'fill_or_kill_not_fillable' | 'minimum_not_fillable'
>;

/** The open orders of a naive market and how they trade: one list, sorted whenever something is asked of it. */
export class NaiveMarketBook {
  readonly market: Market;
  orders: NaiveOrder[] = [];
  lastPriceTicks: number | null = null;
  /** What the message has done so far. */
  trades: NaiveTrade[] = [];
  preventions: NaivePrevention[] = [];
  /** Orders of lists that traded, fired or ended, and prices of trades, that have not had their consequences. */
  listed: NaiveOrder[] = [];
  prices: number[] = [];
  /** Whether orders rest without trading, as in an auction. */
  isGathering = false;
  /** Whether nothing may take, as in a post-only market. */
  isPassive = false;
  /** Whether the circuit breaker has stopped an order. */
  isStopped = false;
  /** Since the circuit breaker was set. */
  #ticks: NaiveTick[] = [];
  /** Where the order that takes may trade. */
  #bounds: readonly [number, number] = EVERYWHERE;
  #tradeNo = 0;
  #arrivals = 0;

  constructor(market: Market) {
    this.market = market;
  }

  /** Orders of one side in the order in which they would trade. */
  resting(side: Side): NaiveOrder[] {
    const better = side === 'buy' ? -1 : 1;
    return this.orders
      .filter((order) => order.isOnBook && order.side === side)
      .sort((a, b) => better * (a.priceTicks - b.priceTicks) || a.arrival - b.arrival);
  }

  nextArrival(): number {
    this.#arrivals += 1;
    return this.#arrivals;
  }

  /** The price of an order that asks to rest rather than to take. */
  repriced({ side, terms, postOnly }: NaiveOrder, priceTicks: number, lots: number): number {
    const best = this.#crossing(side, priceTicks)[0];
    const isAsked = terms.reprice === true || (this.isPassive && !postOnly);
    if (!isAsked || best === undefined) return priceTicks;
    const next = side === 'buy' ? best.priceTicks - 1 : best.priceTicks + 1;
    return next >= 1 && BigInt(next) * BigInt(lots) < 2n ** 53n ? next : priceTicks;
  }

  /** Why the book does not take an order at all. */
  obstacleTo(order: NaiveOrder, atMs: number): Obstacle | undefined {
    const makers = this.#crossing(order.side, order.priceTicks);
    if ((order.postOnly || this.isPassive) && makers.length > 0) return 'post_only_would_take';
    const [low, high] = this.#boundsOf(order, makers, atMs);
    const outside = ({ priceTicks }: NaiveOrder) => priceTicks < low || priceTicks > high;
    const there = tradable(order, makers, outside).reduce((sum, lots) => sum + lots, 0);
    const fillable = Math.min(there, openLots(order));
    if (order.timeInForce === 'fok' && fillable < openLots(order)) return 'fill_or_kill_not_fillable';
    if (fillable < Math.min(order.terms.minimumLots ?? 0, openLots(order))) return 'minimum_not_fillable';
    return undefined;
  }

  /** Brings an order to the book. */
  place(order: NaiveOrder, message: number, atMs: number): void {
    order.priceTicks = this.repriced(order, order.priceTicks, openLots(order));
    const obstacle = this.obstacleTo(order, atMs);
    if (obstacle !== undefined) {
      const isRejected = obstacle === 'post_only_would_take' && order.broughtBy === message;
      this.end(order, isRejected ? 'rejected' : 'canceled', obstacle);
    } else this.takeAndRest(order, atMs);
  }

  takeAndRest(order: NaiveOrder, atMs: number): void {
    this.#bounds = this.#boundsOf(order, this.#crossing(order.side, order.priceTicks), atMs);
    this.#take(order, atMs);
    if (!this.orders.includes(order)) return;
    if (rests(order.timeInForce)) this.#rest(order);
    else this.#drop(order);
  }

  end(order: NaiveOrder, status: OrderStatus, reason: OrderReason): void {
    order.status = status;
    order.reason = reason;
    order.isOnBook = false;
    this.orders = this.orders.filter((other) => other !== order);
    this.notice(order);
  }

  notice(order: NaiveOrder): void {
    if (order.terms.list !== undefined) this.listed.push(order);
  }

  /** Takes lots from an order where it rests. */
  lower(order: NaiveOrder, lots: number): void {
    const fromHidden = Math.min(lots, order.hidden);
    order.hidden -= fromHidden;
    order.shown -= lots - fromHidden;
    order.quantityLots -= lots;
  }

  #crossing(side: Side, priceTicks: number): NaiveOrder[] {
    if (this.isGathering) return [];
    return this.resting(opposite(side)).filter((maker) =>
      side === 'buy' ? maker.priceTicks <= priceTicks : maker.priceTicks >= priceTicks,
    );
  }

  #boundsOf(order: NaiveOrder, makers: readonly NaiveOrder[], atMs: number): readonly [number, number] {
    const first = makers.find((maker) => !isOwn(order, maker));
    return corridor(this.market.breaker, this.#ticks, atMs, first?.priceTicks);
  }

  /** Trades all that crosses at one price. */
  uncross(atMs: number): void {
    const at = clearing(this.resting('buy'), this.resting('sell'), this.lastPriceTicks);
    if (at === null) return;
    this.#ticks = [];
    for (let left = at.volumeLots; left > 0; ) {
      const pair = [this.resting('buy')[0]!, this.resting('sell')[0]!] as const;
      const lots = Math.min(left, pair[0].shown, pair[1].shown);
      const [maker, taker] = pair[0].arrival < pair[1].arrival ? pair : [pair[1], pair[0]];
      taker.shown -= lots;
      this.#exchange(taker, maker, at.priceTicks, lots, atMs);
      for (const order of pair) this.#refresh(order);
      left -= lots;
    }
  }

  #take(taker: NaiveOrder, atMs: number): void {
    while (this.orders.includes(taker)) {
      const maker = this.#crossing(taker.side, taker.priceTicks)[0];
      if (maker === undefined) return;
      const pays = taker.quoteBudget === 0 ? Infinity : Math.floor(taker.budgetLeft / maker.priceTicks);
      const wanted = Math.min(openLots(taker), pays);
      if (wanted === 0) return;
      const [low, high] = this.#bounds;
      if (isOwn(taker, maker)) this.#prevent(taker, maker, Math.min(openLots(maker), wanted));
      else if (maker.priceTicks < low || maker.priceTicks > high) {
        this.isStopped = true;
        return;
      } else this.#trade(taker, maker, Math.min(maker.shown, wanted), atMs);
    }
  }

  #trade(taker: NaiveOrder, maker: NaiveOrder, lots: number, atMs: number): void {
    taker.budgetLeft -= maker.priceTicks * lots;
    this.#exchange(taker, maker, maker.priceTicks, lots, atMs);
    this.#refresh(maker);
  }

  #exchange(taker: NaiveOrder, maker: NaiveOrder, priceTicks: number, lots: number, atMs: number): void {
    const { market } = this;
    const quoteMinor = valueMinor(market, priceTicks, lots);
    const receives = (side: Side) => (side === 'buy' ? BigInt(lots) * market.lotMinor : quoteMinor);
    const makerFeeMinor = feeOn(receives(maker.side), maker.makerFeePpm);
    const takerFeeMinor = feeOn(receives(taker.side), taker.takerFeePpm);
    this.#tradeNo += 1;
    this.trades.push({
      tradeNo: this.#tradeNo,
      priceTicks,
      quantityLots: lots,
      takerSide: taker.side,
      maker: refOf(maker),
      taker: refOf(taker),
      makerFeeMinor,
      takerFeeMinor,
    });
    this.prices.push(priceTicks);
    this.#ticks.push({ priceTicks, atMs });
    this.lastPriceTicks = priceTicks;
    maker.shown -= lots;
    this.#fill(maker, lots, quoteMinor, makerFeeMinor);
    this.#fill(taker, lots, quoteMinor, takerFeeMinor);
  }

  #refresh(maker: NaiveOrder): void {
    if (maker.shown > 0 || maker.hidden === 0) return;
    maker.shown = Math.min(maker.terms.iceberg!.displayLots, maker.hidden);
    maker.hidden -= maker.shown;
    maker.arrival = this.nextArrival();
  }

  #fill(order: NaiveOrder, lots: number, quoteMinor: bigint, feeMinor: bigint): void {
    order.filledLots += lots;
    order.filledQuoteMinor += quoteMinor;
    order.feeMinor += feeMinor;
    if (openLots(order) === 0) return this.end(order, 'filled', 'filled');
    order.status = 'partially_filled';
    this.notice(order);
  }

  #prevent(taker: NaiveOrder, maker: NaiveOrder, lots: number): void {
    const { selfTrade: mode, side: takerSide } = taker;
    const { priceTicks } = maker;
    this.preventions.push({
      mode,
      priceTicks,
      quantityLots: lots,
      takerSide,
      maker: refOf(maker),
      taker: refOf(taker),
    });
    if (mode !== 'decrement_and_cancel') {
      if (mode !== 'cancel_newest') this.end(maker, 'canceled', 'self_trade');
      if (mode !== 'cancel_oldest') this.end(taker, 'canceled', 'self_trade');
      return;
    }
    taker.budgetLeft -= priceTicks * lots;
    const makerStays = openLots(maker) > lots;
    const takerHasLeft = openLots(taker) > lots;
    if (makerStays) this.lower(maker, lots);
    else this.end(maker, 'canceled', 'self_trade');
    if (takerHasLeft) taker.quantityLots -= lots;
    if (makerStays || !takerHasLeft) this.end(taker, 'canceled', 'self_trade');
  }

  #rest(order: NaiveOrder): void {
    order.shown = Math.min(order.terms.iceberg?.displayLots ?? Infinity, openLots(order));
    order.hidden = openLots(order) - order.shown;
    order.isOnBook = true;
    order.arrival = this.nextArrival();
  }

  /** What is left of an order that may not rest. */
  #drop(order: NaiveOrder): void {
    if (this.isStopped) return this.end(order, 'canceled', 'market_halted');
    if (hasLimitPrice(order.type)) return this.end(order, 'canceled', 'immediate_or_cancel');
    const best = this.resting('sell')[0]?.priceTicks ?? this.trades.at(-1)?.priceTicks ?? 0;
    const next = Math.min(best, order.priceTicks);
    if (order.quoteBudget > 0 && order.filledLots > 0 && order.budgetLeft < next)
      return this.end(order, 'filled', 'filled');
    this.end(order, 'canceled', 'insufficient_liquidity');
  }
}

/** The lots of each order that a taker can trade with, up to the first outside of what the circuit breaker allows. */
function tradable(
  taker: NaiveOrder,
  makers: readonly NaiveOrder[],
  outside: (maker: NaiveOrder) => boolean,
): number[] {
  const passes = taker.selfTrade === 'cancel_oldest';
  const met = makers.filter((maker) => !passes || !isOwn(taker, maker));
  const end = met.findIndex((maker) => isOwn(taker, maker) || outside(maker));
  const before = end < 0 ? met : met.slice(0, end);
  const own = end >= 0 && isOwn(taker, met[end]!) ? met[end]!.priceTicks : undefined;
  return before.map((maker) => (maker.priceTicks === own ? maker.shown : openLots(maker)));
}

function refOf({ accountId, orderNo }: NaiveOrder): OrderRef {
  return { accountId, orderNo };
}
