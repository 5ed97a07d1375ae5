import { Account } from '../../../src/domain/accounts/account.ts';
import type { AdmittedOrder } from '../../../src/domain/accounts/admission.ts';
import type { Order } from '../../../src/domain/orders/order.ts';
import type { OrderRequest } from '../../../src/domain/orders/order-request.ts';
import type { AccountChanges, AccountSnapshot } from '../../../src/domain/snapshots.ts';
import { marketOf } from '../../support/markets.ts';

/** One account to talk to in tests of the domain, and orders as a commit would tell of them. */

export const market = marketOf({ minQuantity: '0.0001', minNotional: '0' });
export const BASE = market.base.id;
export const QUOTE = market.quote.id;
export const DAY = 20_000;
export const NOW = DAY * 86_400_000;

export function accountWith(
  quoteMinor: bigint,
  baseMinor = 0n,
  more: Partial<AccountSnapshot> = {},
): Account {
  return new Account({
    accountId: 1000,
    batchNo: 0,
    nextOrderNo: 1,
    policy: { tradeGroup: 1000, selfTrade: 'cancel_newest', frozen: false },
    wallets: [
      [QUOTE, quoteMinor],
      [BASE, baseMinor],
    ],
    openOrders: [],
    clientOrderIds: [],
    volumes: [],
    ...more,
  });
}

export const limit = (change: Partial<OrderRequest> = {}): OrderRequest => ({
  market: 'BTC-USD',
  side: 'buy',
  type: 'limit',
  price: '100',
  quantity: '1',
  ...change,
});

/** Admits an order that must be taken. */
export function admit(account: Account, request: OrderRequest): AdmittedOrder {
  const admission = account.admitOrder(market, request, null, NOW);
  if (!admission.ok) throw new Error(admission.refusal.code);
  if (admission.value.kind !== 'admitted') throw new Error('repeated');
  return admission.value.order;
}

export function codeOf(result: { ok: true } | { ok: false; refusal: { code: string } }): string {
  return result.ok ? 'accepted' : result.refusal.code;
}

/** What a commit did to an account: nothing but what is given. */
export function changes(change: Partial<AccountChanges>): AccountChanges {
  return { released: [], orders: [], amended: [], volumes: [], policy: null, ...change };
}

/** How the order stands after a commit. */
export function settledOrder(order: AdmittedOrder, change: Partial<Order> = {}): Order {
  return {
    selfTrade: 'none',
    tradeGroup: 1000,
    terms: null,
    ...order,
    marketId: market.id,
    filledLots: 0,
    filledQuoteMinor: 0n,
    feeMinor: 0n,
    holdMinor: 0n,
    status: 'open',
    reason: 'none',
    priority: 1,
    createdAtMs: 0,
    updatedAtMs: 0,
    ...change,
  };
}
