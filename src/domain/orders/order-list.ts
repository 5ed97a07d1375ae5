import type { Reservation } from '../accounts/admission.ts';
import type { Market } from '../markets/market.ts';
import { accept, type Result, refuse } from '../rejection.ts';
import { holdAssetId, holdFor, initialHold, type Order, rests, type Side } from './order.ts';
import type { OrderRequest } from './order-request.ts';
import { isTrailing, type ListType } from './order-terms.ts';
import { type SpecialTicket, ticketFor } from './ticket.ts';

/** Orders that a client places together, in one market: a working order that opens the legs, or two legs alone. */
export interface OrderListRequest {
  readonly market: string;
  readonly working?: ListedOrderRequest | undefined;
  readonly legs: readonly ListedOrderRequest[];
}

export type ListedOrderRequest = Omit<OrderRequest, 'market'>;

function listTypeOf({ working, legs }: OrderListRequest): ListType {
  if (working === undefined) return 'oco';
  return legs.length === 1 ? 'oto' : 'otoco';
}

/**
 * The tickets of a list's orders, each with its place in the list.
 * @param orders the working order, if there is one, and the legs
 * @returns what `ticketFor` returns for any of them, and `invalid_order_list` where they don't fit together
 */
export function listTickets(
  market: Market,
  list: OrderListRequest,
  orders: readonly OrderRequest[],
  referencePriceTicks: number | null,
  listNo: number,
): Result<readonly SpecialTicket[]> {
  const tickets: SpecialTicket[] = [];
  for (const order of orders) {
    const ticket = ticketFor(market, order, referencePriceTicks);
    if (!ticket.ok) return ticket;
    tickets.push(ticket.value);
  }
  const working = list.working === undefined ? undefined : tickets[0];
  const legs = working === undefined ? tickets : tickets.slice(1);
  const wrong = wrongWithWorking(working) ?? wrongWithLegs(working, legs);
  if (wrong !== undefined) return refuse('invalid_order_list', wrong);
  const type = listTypeOf(list);
  return accept(
    tickets.map((ticket) => {
      const role = ticket === working ? 'working' : 'leg';
      return { ...ticket, terms: { ...ticket.terms, list: { no: listNo, type, role } } };
    }),
  );
}

function wrongWithWorking(working: SpecialTicket | undefined): string | undefined {
  if (working === undefined) return undefined;
  return working.type === 'limit' && rests(working.timeInForce)
    ? undefined
    : 'The working order must be a limit order that is gtc or gtd.';
}

function wrongWithLegs(
  working: SpecialTicket | undefined,
  legs: readonly SpecialTicket[],
): string | undefined {
  const [first, second] = legs;
  if (first === undefined || legs.length > 2 || (working === undefined && second === undefined)) {
    return 'A list has two legs, or a working order and one or two legs.';
  }
  for (const leg of legs) {
    const waits = leg.terms?.trigger !== undefined;
    if (!waits && !rests(leg.timeInForce))
      return 'A leg must be an order that rests or waits for a stop price.';
    const trails = leg.terms?.trigger !== undefined && isTrailing(leg.terms.trigger);
    if (trails && working !== undefined && leg.side === 'buy') {
      return 'A trailing stop that buys can’t be opened by another order: what it may cost is not known before.';
    }
  }
  const resting = legs.filter((leg) => leg.terms?.trigger === undefined);
  if (resting.length > 1) {
    // One order could take both before either could cancel the other, and only one of them is paid for.
    return 'One of two legs must wait for a stop price.';
  }
  if (second !== undefined && (first.side !== second.side || first.quantityLots !== second.quantityLots)) {
    return 'Two legs must have the same side and quantity.';
  }
  return undefined;
}

type Held = Pick<
  Order,
  'side' | 'priceTicks' | 'quantityLots' | 'filledLots' | 'filledQuoteMinor' | 'feeMinor'
>;

/**
 * What the legs of a list hold, in their order. Of two legs only one can execute, so only the dearer one holds. While the
 * working order is open, legs of the other side hold what it has brought so far, as much as they will need: they are paid
 * by it, not by the account's other funds.
 * @param working undefined once it has ended, or where there is none
 */
export function legHolds(market: Market, working: Held | undefined, legs: readonly Held[]): bigint[] {
  const needs = legs.map((leg) =>
    holdFor(market, leg.side, leg.priceTicks, leg.quantityLots - leg.filledLots),
  );
  const most = needs.reduce((high, need) => (need > high ? need : high), 0n);
  const carrier = needs.indexOf(most);
  const paid =
    working === undefined || working.side === legs[0]?.side ? most : least(most, received(market, working));
  return needs.map((_, index) => (index === carrier ? paid : 0n));
}

/** What an order has brought, after fees: base minor units of a buy, quote minor units of a sell. */
export function received(market: Market, order: Held): bigint {
  const gross = order.side === 'buy' ? BigInt(order.filledLots) * market.lotMinor : order.filledQuoteMinor;
  return gross - order.feeMinor;
}

/**
 * What the orders of a list reserve together, an amount for each asset: nothing for legs that the working order will pay for.
 */
export function listReservations(market: Market, orders: readonly SpecialTicket[]): Reservation[] {
  const unfilled = orders.map((order) => ({ ...order, filledLots: 0, filledQuoteMinor: 0n, feeMinor: 0n }));
  const working = unfilled.find((order) => order.terms?.list?.role === 'working');
  const legs = unfilled.filter((order) => order !== working);
  const sums = new Map<number, bigint>();
  const add = (side: Side, amountMinor: bigint) => {
    const assetId = holdAssetId(market, side);
    sums.set(assetId, (sums.get(assetId) ?? 0n) + amountMinor);
  };
  if (working !== undefined) add(working.side, initialHold(market, working));
  for (const [index, holdMinor] of legHolds(market, working, legs).entries())
    add(legs[index]!.side, holdMinor);
  return [...sums].map(([assetId, amountMinor]) => ({ assetId, amountMinor }));
}

/** The most lots of a leg that so much pays for. */
export function affordableLots(market: Market, leg: Held, minor: bigint): number {
  const lot = leg.side === 'buy' ? BigInt(leg.priceTicks) * market.tickLotMinor : market.lotMinor;
  return Number(least(minor / lot, BigInt(leg.quantityLots)));
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
