import { assert } from '../../domain/assert.ts';
import { formatQuote, type Market } from '../../domain/markets/market.ts';
import { formatDecimal } from '../../domain/money.ts';
import type { Order, Side } from '../../domain/orders/order.ts';
import type { OrderRequest } from '../../domain/orders/order-request.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import type { OrderRef, Trade } from '../../domain/trade.ts';
import { type FillView, orderId, viewFill, viewOrder } from '../../domain/views.ts';
import { tell } from '../actor.ts';
import type { Exchange, Placement } from '../ports.ts';
import type { Answered, Asking } from './asking.ts';

type OrderCommands = Pick<
  Exchange,
  | 'placeOrder'
  | 'placeOrderList'
  | 'replaceOrder'
  | 'cancelOrder'
  | 'amendOrder'
  | 'cancelAllOrders'
  | 'cancelAllAfter'
  | 'fees'
>;

const PPM_DECIMALS = 6;

/** What the owners of accounts ask for. */
export function orderCommands({ options, ask, askAccount, marketNamed }: Asking): OrderCommands {
  const { catalog } = options;
  const marketOf = (order: Order) => catalog().marketById(order.marketId)!;
  const view = (order: Order) => viewOrder(marketOf(order), order);

  /** The price around which an order may trade or wait; it is looked up only for those that need it. */
  function referenceFor(
    market: Market | undefined,
    { side, type }: Pick<OrderRequest, 'side' | 'type'>,
  ): number | null {
    const needed = type === 'market' || type === 'trailing_stop' || (market?.limitBandPpm ?? 0) > 0;
    return needed && market !== undefined ? options.feed(market.id)!.referencePriceTicks(side) : null;
  }

  function boundReferences(): Readonly<Record<number, number | null>> {
    const bound = catalog().markets.filter(({ limitBandPpm }) => limitBandPpm > 0);
    return Object.fromEntries(bound.map(({ id }) => [id, options.feed(id)!.referencePriceTicks('buy')]));
  }

  /** The orders that a repeated clientOrderId names, as they are now. */
  async function lookUp(refs: readonly OrderRef[]): Promise<Result<readonly Order[]>> {
    try {
      const orders = await Promise.all(refs.map((ref) => options.ledger.loadOrder(ref)));
      return accept(
        orders.map((order) => {
          assert(order !== undefined, 'a committed order is in the ledger');
          return order;
        }),
      );
    } catch (error) {
      if (options.ledger.failureOf(error) === 'violation') throw error;
      return refuse(
        'outcome_unknown',
        'The order can’t be looked up at the moment; send it again with the same id.',
      );
    }
  }

  async function placement(answer: Answered<'order' | 'replaced' | 'repeated'>): Promise<Result<Placement>> {
    if (answer.type !== 'repeated') {
      const { order, trades } = answer;
      return accept({ order: view(order), fills: fillsOf(marketOf(order), order, trades), repeated: false });
    }
    const orders = await lookUp(answer.refs);
    return orders.ok ? accept({ order: view(orders.value[0]!), fills: [], repeated: true }) : orders;
  }

  return {
    async placeOrder({ accountId, request }) {
      const referencePriceTicks = referenceFor(catalog().market(request.market), request);
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'placeOrder', request, referencePriceTicks, replyTo }),
        'order',
        'repeated',
      );
      return answer.ok ? placement(answer.value) : answer;
    },

    async placeOrderList({ accountId, request }) {
      const market = catalog().market(request.market);
      const trailing = [request.working, ...request.legs].find((order) => order?.type === 'trailing_stop');
      const first = trailing ?? request.working ?? request.legs[0];
      const referencePriceTicks = first === undefined ? null : referenceFor(market, first);
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'placeOrderList', request, referencePriceTicks, replyTo }),
        'orderList',
        'repeated',
      );
      if (!answer.ok) return answer;
      if (answer.value.type === 'repeated') {
        const found = await lookUp(answer.value.refs);
        return found.ok ? accept({ orders: found.value.map(view), fills: [], repeated: true }) : found;
      }
      const { orders, trades } = answer.value;
      const fills = orders.flatMap((order) => fillsOf(marketOf(order), order, trades));
      return accept({ orders: orders.map(view), fills, repeated: false });
    },

    async replaceOrder({ accountId, name, request }) {
      const referencePriceTicks = referenceFor(catalog().market(request.market), request);
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'placeOrder', request, referencePriceTicks, replaces: name, replyTo }),
        'replaced',
        'repeated',
      );
      if (!answer.ok) return answer;
      const placed = await placement(answer.value);
      if (!placed.ok) return placed;
      const canceled = answer.value.type === 'replaced' ? view(answer.value.canceled) : null;
      return accept({ ...placed.value, canceled });
    },

    async cancelOrder({ accountId, name }) {
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'cancelOrder', name, replyTo }),
        'order',
      );
      return answer.ok ? accept(view(answer.value.order)) : answer;
    },

    async amendOrder({ accountId, name, price, quantity, stopPrice }) {
      const referencePricesTicks = boundReferences();
      const answer = await askAccount(
        accountId,
        (replyTo) => ({
          type: 'amendOrder',
          name,
          price,
          quantity,
          stopPrice,
          referencePricesTicks,
          replyTo,
        }),
        'order',
      );
      return answer.ok ? placement(answer.value) : answer;
    },

    async cancelAllOrders({ accountId, market: symbol, side, tag, cause = 'canceled_by_client' }) {
      const named = symbol === undefined ? undefined : marketNamed(symbol);
      if (named?.ok === false) return named;
      const markets = named === undefined ? catalog().markets : [named.value];
      const answers = await Promise.all(
        markets.map(({ id: marketId }) =>
          askAccount(
            accountId,
            (replyTo) => ({ type: 'cancelAllOrders', marketId, only: { side, tag }, cause, replyTo }),
            'canceledAll',
          ),
        ),
      );
      const ids: string[] = [];
      for (const answer of answers) {
        if (!answer.ok) return answer;
        ids.push(...answer.value.orders.map(orderId));
      }
      return accept(ids);
    },

    async cancelAllAfter(accountId, durationMs) {
      const answer = await ask(
        (replyTo) => tell(options.countdowns, { type: 'setCountdown', accountId, durationMs, replyTo }),
        'countdown',
      );
      return answer.ok ? accept(answer.value.expiresAtMs) : answer;
    },

    async fees(accountId) {
      const answer = await askAccount(accountId, (replyTo) => ({ type: 'getFees', replyTo }), 'fees');
      if (!answer.ok) return answer;
      return accept(
        answer.value.rates.map((rate) => {
          const market = catalog().marketById(rate.marketId)!;
          return {
            market: market.symbol,
            volume30d: formatQuote(market, rate.volumeMinor),
            volumeAsset: market.quote.symbol,
            makerFee: formatDecimal(BigInt(rate.makerFeePpm), PPM_DECIMALS),
            takerFee: formatDecimal(BigInt(rate.takerFeePpm), PPM_DECIMALS),
          };
        }),
      );
    },
  };
}

/** An order's own side of trades. */
function fillsOf(
  market: Market,
  order: OrderRef & { readonly side: Side },
  trades: readonly Trade[],
): FillView[] {
  const is = (ref: OrderRef) => ref.orderNo === order.orderNo && ref.accountId === order.accountId;
  return trades.flatMap((trade) => {
    if (is(trade.taker)) return [viewFill(market, trade, 'taker')];
    return is(trade.maker) ? [viewFill(market, trade, 'maker')] : [];
  });
}
