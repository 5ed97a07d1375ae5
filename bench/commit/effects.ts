import type { Effect } from '../../src/actors/effects.ts';
import { Matching } from '../../src/actors/markets/matching.ts';
import { Account } from '../../src/domain/accounts/account.ts';
import type { Market } from '../../src/domain/markets/market.ts';
import type { OrderRequest } from '../../src/domain/orders/order-request.ts';
import { emptyMarket } from '../../src/domain/snapshots.ts';
import { OrderMix } from '../load/order-mix.ts';

/** Effects of a market under the usual mix of orders, made by the exchange's own accounts and matching. */
export class EffectSource {
  readonly #market: Market;
  readonly #matching: Matching;
  readonly #customers: readonly { readonly account: Account; readonly mix: OrderMix }[];
  #turn = 0;

  /** @param fundsMinor what each account has of each of the market's assets */
  constructor(market: Market, accountIds: readonly number[], fundsMinor: bigint) {
    this.#market = market;
    this.#matching = new Matching(market, emptyMarket(market));
    this.#customers = accountIds.map((accountId) => ({
      mix: new OrderMix(accountId),
      account: new Account({
        accountId,
        batchNo: 0,
        nextOrderNo: 1,
        policy: { tradeGroup: accountId, selfTrade: 'cancel_newest', frozen: false },
        wallets: [
          [market.base.id, fundsMinor],
          [market.quote.id, fundsMinor],
        ],
        openOrders: [],
        clientOrderIds: [],
        volumes: [],
      }),
    }));
  }

  next(atMs: number): Effect {
    const { account, mix } = this.#customers[this.#turn++ % this.#customers.length]!;
    const command = mix.next();
    if (command.type === 'cancel') {
      const orderNo = Number(command.orderId);
      return this.#matching.handle({ type: 'cancelResting', accountId: account.id, orderNo }, atMs, 0);
    }
    const request = JSON.parse(command.json) as OrderRequest;
    const admission = account.admitOrder(this.#market, request, null, 0);
    if (!admission.ok || admission.value.kind !== 'admitted')
      throw new Error('the mix holds good orders only');
    const { order } = admission.value;
    if (command.rests) mix.placed(String(order.orderNo));
    return this.#matching.handle({ type: 'submitOrder', order }, atMs, 0);
  }
}
