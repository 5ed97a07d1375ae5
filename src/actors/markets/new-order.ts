import type { AdmittedOrder } from '../../domain/accounts/admission.ts';
import type { OrderStatus } from '../../domain/orders/order-machine.ts';
import type { OpenMarket } from './open-market.ts';
import type { LiveOrder } from './order-table.ts';

/** An order as it comes to a market: nothing has happened to it yet. */
export function newOrder(on: OpenMarket, admitted: AdmittedOrder, atMs: number): LiveOrder {
  const terms = admitted.terms ?? null;
  return {
    marketId: on.market.id,
    accountId: admitted.accountId,
    orderNo: admitted.orderNo,
    clientOrderId: admitted.clientOrderId,
    requestDigest: admitted.requestDigest,
    side: admitted.side,
    type: admitted.type,
    timeInForce: admitted.timeInForce,
    postOnly: admitted.postOnly,
    priceTicks: admitted.priceTicks,
    quantityLots: admitted.quantityLots,
    quoteBudget: admitted.quoteBudget,
    selfTrade: admitted.selfTrade ?? 'none',
    tradeGroup: admitted.tradeGroup ?? admitted.accountId,
    terms,
    makerFeePpm: admitted.makerFeePpm,
    takerFeePpm: admitted.takerFeePpm,
    bookId: on.nextBookId(),
    filledLots: 0,
    filledQuoteMinor: 0n,
    feeMinor: 0n,
    holdMinor: 0n,
    status: firstStatus(admitted),
    reason: 'none',
    priority: 0,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
}

function firstStatus({ terms }: AdmittedOrder): OrderStatus {
  if (terms?.list?.role === 'leg' && terms.list.type !== 'oco') return 'pending';
  return terms?.trigger === undefined ? 'open' : 'untriggered';
}
