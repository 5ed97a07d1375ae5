import { useState } from 'react';
import type { OrderView } from '../../../domain/views.ts';
import { decimalsOf, show } from '../../api/decimals.ts';
import { call } from '../../api/request.ts';
import { showShortDate } from '../../design/time.ts';
import { say, sayFailure } from '../../design/toasts.tsx';
import { showOrders, useAccount } from '../account-feed.ts';
import type { MarketInfo } from '../market/market-data.ts';
import { AmendDialog } from './amend-dialog.tsx';
import { describeStatus, describeType } from './order-words.ts';

export function OpenOrders({ markets }: { readonly markets: readonly MarketInfo[] }) {
  const { orders } = useAccount();
  const [amended, setAmended] = useState<OrderView>();
  const [canceling, setCanceling] = useState<ReadonlySet<string>>(new Set());

  async function cancel(id: string): Promise<void> {
    setCanceling((ids) => new Set(ids).add(id));
    try {
      showOrders([await call<OrderView>('DELETE', `/v1/orders/${id}`)]);
    } catch (error) {
      sayFailure(error);
    } finally {
      setCanceling((ids) => new Set([...ids].filter((other) => other !== id)));
    }
  }

  async function cancelAll(): Promise<void> {
    try {
      const { canceled } = await call<{ canceled: readonly string[] }>('DELETE', '/v1/orders');
      say(`${canceled.length} ${canceled.length === 1 ? 'order is' : 'orders are'} canceled.`);
    } catch (error) {
      sayFailure(error);
    }
  }

  if (orders === undefined) return <p className="pad soft">Loading…</p>;
  if (orders.length === 0) return <p className="pad soft">You have no open orders.</p>;
  return (
    <>
      <table className="table">
        <thead>
          <tr>
            <th>Market</th>
            <th>Side</th>
            <th>Type</th>
            <th className="num">Price</th>
            <th className="num">Quantity</th>
            <th className="num">Filled</th>
            <th>Status</th>
            <th>Placed</th>
            <th className="num actions">
              <button type="button" className="button small danger" onClick={cancelAll}>
                Cancel all
              </button>
            </th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => {
            const market = markets.find(({ symbol }) => symbol === order.market);
            const isLeaving = canceling.has(order.id);
            return (
              <tr key={order.id} className={isLeaving ? 'leaving' : undefined}>
                <td>{order.market}</td>
                <td className={order.side}>{order.side}</td>
                <td>{describeType(order)}</td>
                <td className="num">{showPrices(order, market)}</td>
                <td className="num">{show(order.quantity)}</td>
                <td className="num">{show(order.filledQuantity)}</td>
                <td>{isLeaving ? 'canceling…' : describeStatus(order)}</td>
                <td className="soft nowrap">{showShortDate(order.createdAt)}</td>
                <td className="num actions">
                  {order.listId === undefined && (
                    <button
                      type="button"
                      className="button small"
                      disabled={isLeaving}
                      onClick={() => setAmended(order)}
                    >
                      Amend<span className="visually-hidden"> {nameOf(order)}</span>
                    </button>
                  )}{' '}
                  <button
                    type="button"
                    className="button small"
                    disabled={isLeaving}
                    onClick={() => cancel(order.id)}
                  >
                    Cancel<span className="visually-hidden"> {nameOf(order)}</span>
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {amended !== undefined && (
        <AmendDialog
          order={amended}
          market={markets.find(({ symbol }) => symbol === amended.market)}
          onClose={() => setAmended(undefined)}
        />
      )}
    </>
  );
}

function nameOf({ side, market, quantity, price }: OrderView): string {
  return `${side} ${quantity ?? ''} ${market} ${price ?? ''}`;
}

function showPrices({ price, stopPrice }: OrderView, market: MarketInfo | undefined): string {
  const decimals = market === undefined ? undefined : decimalsOf(market.tickSize);
  const stop = stopPrice === undefined ? undefined : `stop ${show(stopPrice, decimals)}`;
  return [stop, price === null ? undefined : show(price, decimals)]
    .filter((part) => part !== undefined)
    .join(', ');
}
