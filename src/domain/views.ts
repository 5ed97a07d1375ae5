import type { Asset } from './asset.ts';
import type { Candle } from './candles.ts';
import { formatPrice, formatQuantity, formatQuote, type Market, valueMinor } from './markets/market.ts';
import { formatDecimal } from './money.ts';
import {
  hasLimitPrice,
  type Order,
  type OrderReason,
  type OrderType,
  type SelfTradePrevention,
  type Side,
  type TimeInForce,
} from './orders/order.ts';
import type { OrderStatus } from './orders/order-machine.ts';
import type { ListType, OrderTerms, Trigger } from './orders/order-terms.ts';
import type { Prevention } from './orders/prevention.ts';
import type { OrderRef, Trade } from './trade.ts';

/**
 * How orders, fills, trades, candles and balances look from outside: decimal strings in human units, ISO times. REST
 * answers, WebSocket frames and the stored private stream all use these, so that they can't differ.
 */

export interface OrderView extends SpecialOrderView {
  readonly id: string;
  readonly clientOrderId: string | null;
  readonly market: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  /** null for a market order. */
  readonly price: string | null;
  /** null for a market buy by quote amount. */
  readonly quantity: string | null;
  readonly quoteAmount: string | null;
  readonly filledQuantity: string;
  /** null for a market buy by quote amount. */
  readonly remainingQuantity: string | null;
  readonly filledQuoteAmount: string;
  /** Rounded down to four decimals more than the price has; null before the first fill. */
  readonly averagePrice: string | null;
  readonly fee: string;
  readonly feeAsset: string;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly status: OrderStatus;
  readonly reason: OrderReason | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What special orders have on top; each is left out where the order doesn't have it. */
export interface SpecialOrderView {
  readonly reprice?: true;
  readonly stopPrice?: string;
  readonly trailingOffset?: string;
  readonly trailingPercent?: string;
  readonly triggeredAt?: string;
  readonly displayQuantity?: string;
  readonly minQuantity?: string;
  readonly expiresAt?: string;
  readonly tag?: string;
  readonly listId?: string;
  readonly listType?: ListType;
}

/** A trade that self-trade prevention kept from happening, as one of its owners sees it. */
export interface PreventionView {
  readonly id: string;
  readonly market: string;
  readonly mode: SelfTradePrevention;
  readonly price: string;
  readonly quantity: string;
  readonly takerSide: Side;
  /** null where the order is another account's of the trade group. */
  readonly makerOrderId: string | null;
  readonly takerOrderId: string | null;
  readonly preventedAt: string;
}

export interface FillView {
  readonly tradeId: string;
  readonly orderId: string;
  readonly market: string;
  readonly side: Side;
  readonly role: 'maker' | 'taker';
  readonly price: string;
  readonly quantity: string;
  readonly quoteAmount: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly executedAt: string;
}

export interface TradeView {
  readonly id: string;
  readonly price: string;
  readonly quantity: string;
  readonly takerSide: Side;
  readonly executedAt: string;
}

export interface CandleView {
  readonly openedAt: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly tradeCount: number;
}

export interface BalanceView {
  readonly asset: string;
  readonly balance: string;
  readonly locked: string;
  readonly available: string;
}

const AVERAGE_DECIMALS = 4;
const PERCENT_DECIMALS = 4;

/** For example `1042-17`: the account and the number of its order. */
export function orderId(ref: OrderRef): string {
  return `${ref.accountId}-${ref.orderNo}`;
}

/** The order that an id names; undefined when it isn't one. */
export function parseOrderId(id: string): OrderRef | undefined {
  const match = /^([1-9][0-9]{0,14})-([1-9][0-9]{0,14})$/.exec(id);
  return match === null ? undefined : { accountId: Number(match[1]), orderNo: Number(match[2]) };
}

export function viewOrder(market: Market, order: Order): OrderView {
  const byAmount = order.quoteBudget > 0;
  return {
    id: orderId(order),
    clientOrderId: order.clientOrderId,
    market: market.symbol,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    postOnly: order.postOnly,
    price: hasLimitPrice(order.type) ? formatPrice(market, order.priceTicks) : null,
    quantity: byAmount ? null : formatQuantity(market, order.quantityLots),
    quoteAmount: byAmount ? formatQuote(market, BigInt(order.quoteBudget) * market.tickLotMinor) : null,
    filledQuantity: formatQuantity(market, order.filledLots),
    remainingQuantity: byAmount ? null : formatQuantity(market, order.quantityLots - order.filledLots),
    filledQuoteAmount: formatQuote(market, order.filledQuoteMinor),
    averagePrice: averagePrice(market, order),
    fee: formatDecimal(order.feeMinor, order.side === 'buy' ? market.base.scale : market.quote.scale),
    feeAsset: order.side === 'buy' ? market.base.symbol : market.quote.symbol,
    selfTradePrevention: order.selfTrade,
    status: order.status,
    reason: order.reason === 'none' ? null : order.reason,
    createdAt: isoTime(order.createdAtMs),
    updatedAt: isoTime(order.updatedAtMs),
    ...(order.terms === null ? undefined : viewTerms(market, order, order.terms)),
  };
}

function viewTerms(market: Market, order: Order, terms: OrderTerms): SpecialOrderView {
  const { trigger, list } = terms;
  return {
    ...(terms.reprice && { reprice: true }),
    ...(trigger && viewTrigger(market, trigger)),
    ...(terms.iceberg && { displayQuantity: formatQuantity(market, terms.iceberg.displayLots) }),
    ...(terms.minimumLots && { minQuantity: formatQuantity(market, terms.minimumLots) }),
    ...(terms.expiresAtMs && { expiresAt: isoTime(terms.expiresAtMs) }),
    ...(terms.tag && { tag: terms.tag }),
    ...(list && { listId: orderId({ accountId: order.accountId, orderNo: list.no }), listType: list.type }),
  };
}

function viewTrigger(market: Market, trigger: Trigger): SpecialOrderView {
  return {
    stopPrice: formatPrice(market, trigger.stopTicks),
    ...(trigger.trailTicks && { trailingOffset: formatPrice(market, trigger.trailTicks) }),
    ...(trigger.trailPpm && { trailingPercent: formatDecimal(BigInt(trigger.trailPpm), PERCENT_DECIMALS) }),
    ...(trigger.firedAtMs && { triggeredAt: isoTime(trigger.firedAtMs) }),
  };
}

export function viewPrevention(market: Market, prevention: Prevention, accountId: number): PreventionView {
  const own = (ref: OrderRef) => (ref.accountId === accountId ? orderId(ref) : null);
  return {
    id: `${prevention.marketId}-${prevention.seq}-${prevention.place}`,
    market: market.symbol,
    mode: prevention.mode,
    price: formatPrice(market, prevention.priceTicks),
    quantity: formatQuantity(market, prevention.quantityLots),
    takerSide: prevention.takerSide,
    makerOrderId: own(prevention.maker),
    takerOrderId: own(prevention.taker),
    preventedAt: isoTime(prevention.preventedAtMs),
  };
}

export function viewTrade(market: Market, trade: Trade): TradeView {
  return {
    id: String(trade.tradeNo),
    price: formatPrice(market, trade.priceTicks),
    quantity: formatQuantity(market, trade.quantityLots),
    takerSide: trade.takerSide,
    executedAt: isoTime(trade.executedAtMs),
  };
}

/** One side of a trade, as its owner sees it. */
export function viewFill(market: Market, trade: Trade, role: 'maker' | 'taker'): FillView {
  const takerBuys = trade.takerSide === 'buy';
  const side: Side = (role === 'taker') === takerBuys ? 'buy' : 'sell';
  const received = side === 'buy' ? market.base : market.quote;
  return {
    tradeId: String(trade.tradeNo),
    orderId: orderId(role === 'taker' ? trade.taker : trade.maker),
    market: market.symbol,
    side,
    role,
    price: formatPrice(market, trade.priceTicks),
    quantity: formatQuantity(market, trade.quantityLots),
    quoteAmount: formatQuote(market, valueMinor(market, trade.priceTicks, trade.quantityLots)),
    fee: formatDecimal(role === 'taker' ? trade.takerFeeMinor : trade.makerFeeMinor, received.scale),
    feeAsset: received.symbol,
    executedAt: isoTime(trade.executedAtMs),
  };
}

export function viewCandle(market: Market, candle: Candle): CandleView {
  return {
    openedAt: isoTime(candle.openedAtMs),
    open: formatPrice(market, candle.openTicks),
    high: formatPrice(market, candle.highTicks),
    low: formatPrice(market, candle.lowTicks),
    close: formatPrice(market, candle.closeTicks),
    volume: formatQuantity(market, candle.volumeLots),
    quoteVolume: formatQuote(market, candle.quoteVolumeMinor),
    tradeCount: candle.tradeCount,
  };
}

export function viewBalance(asset: Asset, balanceMinor: bigint, lockedMinor: bigint): BalanceView {
  return {
    asset: asset.symbol,
    balance: formatDecimal(balanceMinor, asset.scale),
    locked: formatDecimal(lockedMinor, asset.scale),
    available: formatDecimal(balanceMinor - lockedMinor, asset.scale),
  };
}

let lastAtMs = 0;
let lastIsoTime = new Date(lastAtMs).toISOString();

/** Milliseconds since the epoch as ISO 8601 UTC. */
export function isoTime(atMs: number): string {
  // Much of what is shown happened in the same millisecond, and writing a time is dear.
  if (atMs !== lastAtMs) {
    lastIsoTime = new Date(atMs).toISOString();
    lastAtMs = atMs;
  }
  return lastIsoTime;
}

function averagePrice(market: Market, order: Order): string | null {
  if (order.filledLots === 0) return null;
  const scale = market.priceScale + AVERAGE_DECIMALS;
  // quote units / base units = (quoteMinor / 10^quoteScale) / (lots × lotMinor / 10^baseScale)
  const dividend = order.filledQuoteMinor * 10n ** BigInt(market.base.scale + scale);
  const divisor = BigInt(order.filledLots) * market.lotMinor * 10n ** BigInt(market.quote.scale);
  return formatDecimal(dividend / divisor, scale);
}
