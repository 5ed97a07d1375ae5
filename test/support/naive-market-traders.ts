import type { AmendResting, MarketCommand, ReplaceOrder } from '../../src/actors/market-messages.ts';
import type { AdmittedOrder } from '../../src/domain/accounts/admission.ts';
import {
  hasLimitPrice,
  holdFor,
  initialHold,
  type OrderTicket,
  rests,
} from '../../src/domain/orders/order.ts';
import {
  isTrailing,
  type ListType,
  type OrderTerms,
  type Trigger,
  trailedStop,
} from '../../src/domain/orders/order-terms.ts';
import { protectionPrice } from '../../src/domain/orders/order-values.ts';
import { type Draft, type DraftOrder, market, WAITING } from './market-drafts.ts';
import type { NaiveMarket } from './naive-market.ts';
import { type NaiveOrder, openLots, opposite } from './naive-market-orders.ts';

/** Of one trade group. */
const PARTNERS: readonly number[] = [1003, 1004];
const WITHOUT_FEES = 1002;
const FIRST_PRICE = 100;

type Of<Kind extends Draft['kind']> = Extract<Draft, { kind: Kind }>;

/** Turns drafts into commands that fit the market as it is. */
export class Traders {
  readonly #naive: NaiveMarket;
  readonly #lastNo = new Map<number, number>();

  constructor(naive: NaiveMarket) {
    this.#naive = naive;
  }

  /** undefined: the market is to be read back. */
  command(next: Draft, atMs: number): MarketCommand | undefined {
    switch (next.kind) {
      case 'submit':
        return {
          type: 'submitOrder',
          order: this.#admit(next.account, this.#ticket(next.order, atMs), next.order),
        };
      case 'list':
        return { type: 'submitList', orders: this.#list(next, atMs) };
      case 'replace':
        return this.#replace(next, atMs);
      case 'amend':
        return this.#amend(next);
      case 'cancel': {
        const { accountId, orderNo } = this.#pick(next, this.#naive.orders) ?? NOBODY;
        return { type: 'cancelResting', accountId, orderNo };
      }
      case 'cancelAll': {
        const { account: accountId, side, tag, cause } = next;
        return { type: 'cancelAllResting', accountId, side, tag, ...(cause === undefined ? {} : { cause }) };
      }
      case 'expire':
        return { type: 'expireOrders' };
      case 'status':
        return {
          type: 'setMarketStatus',
          status: next.status,
          ...(next.status === 'auction' && next.auctionMs !== undefined ? { auctionMs: next.auctionMs } : {}),
        };
      case 'restart':
        return undefined;
    }
  }

  #admit(accountId: number, ticket: OrderTicket & { terms: OrderTerms }, drafted: DraftOrder): AdmittedOrder {
    const orderNo = (this.#lastNo.get(accountId) ?? 0) + 1;
    this.#lastNo.set(accountId, orderNo);
    const { terms, ...plain } = ticket;
    return {
      ...plain,
      accountId,
      orderNo,
      clientOrderId: null,
      requestDigest: 0,
      makerFeePpm: accountId === WITHOUT_FEES ? 0 : 1_000,
      takerFeePpm: accountId === WITHOUT_FEES ? 0 : 2_000,
      ...(drafted.selfTrade === 'none' ? {} : { selfTrade: drafted.selfTrade }),
      ...(PARTNERS.includes(accountId) ? { tradeGroup: PARTNERS[0]! } : {}),
      ...(Object.keys(terms).length === 0 ? {} : { terms }),
    };
  }

  #ticket(drafted: DraftOrder, atMs: number): OrderTicket & { terms: OrderTerms } {
    const { side, form, lots, extra, part } = drafted;
    const reference = this.#naive.book.lastPriceTicks ?? FIRST_PRICE;
    const isAmount = form === 'amount' && side === 'buy';
    const type = form === 'amount' ? 'market' : form;
    const isLimit = hasLimitPrice(type);
    const timeInForce = isLimit || drafted.timeInForce === 'fok' ? drafted.timeInForce : 'ioc';
    const trigger = triggerOf(drafted, reference);
    const staysOpen = rests(timeInForce);
    const isPost = staysOpen && (extra === 'post_only' || extra === 'reprice' || extra === 'hidden_post');
    const isIceberg = staysOpen && (extra === 'iceberg' || extra === 'hidden_post') && part < lots;
    const ticket: OrderTicket = {
      side,
      type,
      timeInForce: isAmount ? 'ioc' : timeInForce,
      postOnly: isPost,
      priceTicks: isLimit ? drafted.price : protectionPrice(market, side, trigger?.stopTicks ?? reference),
      quantityLots: isAmount ? 1_000 : lots,
      quoteBudget: isAmount ? lots * drafted.price + part : 0,
    };
    const terms: OrderTerms = {
      ...(drafted.tag === undefined ? {} : { tag: drafted.tag }),
      ...(isPost && extra === 'reprice' ? { reprice: true as const } : {}),
      ...(extra === 'minimum' && timeInForce === 'ioc' && !isAmount
        ? { minimumLots: Math.min(part, lots) }
        : {}),
      ...(timeInForce === 'gtd' ? { expiresAtMs: atMs + drafted.lifeMs } : {}),
      ...(isIceberg ? { iceberg: { displayLots: part, shownLots: 0 } } : {}),
      ...(trigger === undefined ? {} : { trigger }),
    };
    return { ...ticket, terms };
  }

  #list(next: Of<'list'>, atMs: number): AdmittedOrder[] {
    const no = (this.#lastNo.get(next.account) ?? 0) + 1;
    const [first] = next.legs;
    // Two legs exclude each other, so one leg alone needs an order that opens it.
    const working = next.working ?? (next.legs.length === 1 ? first! : null);
    const type: ListType = working === null ? 'oco' : next.legs.length === 1 ? 'oto' : 'otoco';
    const legSide = working === null ? first!.side : next.sameSide ? working.side : opposite(working.side);
    const orders: AdmittedOrder[] = [];
    if (working !== null) {
      const drafted = resting({ ...working, form: 'limit' });
      const ticket = this.#ticket(drafted, atMs);
      const terms = { ...ticket.terms, list: { no, type, role: 'working' as const } };
      orders.push(this.#admit(next.account, { ...ticket, terms }, drafted));
    }
    for (const [index, leg] of next.legs.entries()) {
      const drafted = legOf(leg, { side: legSide, lots: next.lots }, index > 0, working !== null);
      const ticket = this.#ticket(drafted, atMs);
      const terms = { ...ticket.terms, list: { no, type, role: 'leg' as const } };
      orders.push(this.#admit(next.account, { ...ticket, terms }, drafted));
    }
    return orders;
  }

  #replace(next: Of<'replace'>, atMs: number): ReplaceOrder {
    const old = this.#pick(next, this.#amendable());
    const drafted = { ...next.order, side: old?.side ?? next.order.side };
    const order = this.#admit(old?.accountId ?? next.account, this.#ticket(drafted, atMs), drafted);
    const more = initialHold(market, order) - (old?.holdMinor ?? 0n);
    const reserved = more > 0n ? more - (next.short ? 1n : 0n) : 0n;
    return { type: 'replaceOrder', orderNo: old?.orderNo ?? 1_000, order, reservedMinor: String(reserved) };
  }

  #amend(next: Of<'amend'>): AmendResting {
    const found = this.#pick(next, this.#amendable());
    if (found === undefined) {
      const amend = { side: 'buy', priceTicks: FIRST_PRICE, quantityLots: 1, extraHoldMinor: '0' } as const;
      return { type: 'amendResting', ...NOBODY, ...amend };
    }
    const { accountId, orderNo, side, filledLots, trigger } = found;
    const stop = trigger === undefined || isTrailing(trigger) ? null : next.stop;
    const ownPrice = stop === null ? found.priceTicks : protectionPrice(market, side, stop);
    const priceTicks = hasLimitPrice(found.type) ? (next.price ?? found.priceTicks) : ownPrice;
    const total = next.lots === null ? found.quantityLots : filledLots + next.lots;
    const quantityLots = next.below ? Math.max(1, filledLots) : total;
    const more =
      holdFor(market, side, priceTicks, quantityLots - filledLots) -
      holdFor(market, side, found.priceTicks, openLots(found));
    return {
      type: 'amendResting',
      accountId,
      orderNo,
      side,
      priceTicks,
      quantityLots,
      ...(stop === null ? {} : { stopTicks: stop }),
      extraHoldMinor: String(more > 0n ? more : 0n),
    };
  }

  #amendable(): readonly NaiveOrder[] {
    return this.#naive.orders.filter(({ terms }) => terms.list === undefined);
  }

  #pick(next: { which: number; miss: boolean }, orders: readonly NaiveOrder[]): NaiveOrder | undefined {
    return next.miss ? undefined : orders[next.which % Math.max(1, orders.length)];
  }
}

const NOBODY = Object.freeze({ accountId: 1000, orderNo: 1_000_000 });

/** The same order, but one that stays where it does not trade. */
function resting(drafted: DraftOrder): DraftOrder {
  return rests(drafted.timeInForce) ? drafted : { ...drafted, timeInForce: 'gtc' };
}

/** A draft as a leg: of two legs that rest one order could take both, so the second waits for a stop price. */
function legOf(
  leg: DraftOrder,
  given: Pick<DraftOrder, 'side' | 'lots'>,
  isSecond: boolean,
  isOpenedByAnother: boolean,
): DraftOrder {
  const waits = (WAITING as readonly string[]).includes(leg.form);
  // What a trailing stop that buys may cost is not known before it is opened.
  const isUnpaid = leg.form === 'trailing_stop' && given.side === 'buy' && isOpenedByAnother;
  if (isUnpaid || (isSecond && !waits)) return { ...leg, ...given, form: isUnpaid ? 'stop' : 'stop_limit' };
  return waits ? { ...leg, ...given } : resting({ ...leg, ...given, form: 'limit' });
}

function triggerOf({ form, side, stop, trail }: DraftOrder, reference: number): Trigger | undefined {
  if (form === 'limit' || form === 'market' || form === 'amount') return undefined;
  const takesProfit = form === 'take_profit' || form === 'take_profit_limit';
  const fires = (side === 'buy') === takesProfit ? 'below' : 'above';
  if (form !== 'trailing_stop') return { stopTicks: stop, fires };
  const follows = trail > 100 ? { trailPpm: trail } : { trailTicks: trail };
  const trigger: Trigger = { stopTicks: 0, fires, ...follows };
  // Now and then the price that the account knew is not the last one any more.
  return { ...trigger, stopTicks: trailedStop(trigger, stop % 4 === 0 ? stop : reference) };
}
