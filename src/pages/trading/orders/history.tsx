import { useEffect, useState } from 'react';
import type { OrderView } from '../../../domain/views.ts';
import { show } from '../../api/decimals.ts';
import { get } from '../../api/request.ts';
import { showShortDate } from '../../design/time.ts';
import { sayFailure } from '../../design/toasts.tsx';
import { useAccount } from '../account-feed.ts';
import { describeStatus, describeType } from './order-words.ts';

interface Page {
  readonly items: readonly OrderView[];
  readonly nextCursor: string | null;
}

const PATH = '/v1/orders?status=past&limit=50';

/** Orders that ended, newest first. */
export function OrderHistory() {
  const { orders } = useAccount();
  const [page, setPage] = useState<Page>();
  // One order less is open: it may have ended.
  const openCount = orders?.length;
  useEffect(() => {
    if (openCount === undefined) return;
    void get<Page>(PATH).then(setPage, sayFailure);
  }, [openCount]);

  async function readMore({ items, nextCursor }: Page): Promise<void> {
    try {
      const more = await get<Page>(`${PATH}&cursor=${encodeURIComponent(nextCursor!)}`);
      setPage({ items: [...items, ...more.items], nextCursor: more.nextCursor });
    } catch (error) {
      sayFailure(error);
    }
  }

  if (page === undefined) return <p className="pad soft">Loading…</p>;
  if (page.items.length === 0) return <p className="pad soft">None of your orders has ended.</p>;
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
            <th className="num">Average</th>
            <th>Status</th>
            <th>Ended</th>
          </tr>
        </thead>
        <tbody>
          {page.items.map((order) => (
            <tr key={order.id}>
              <td>{order.market}</td>
              <td className={order.side}>{order.side}</td>
              <td>{describeType(order)}</td>
              <td className="num">{show(order.price ?? order.stopPrice)}</td>
              <td className="num">{show(order.quantity ?? order.quoteAmount)}</td>
              <td className="num">{show(order.filledQuantity)}</td>
              <td className="num">{show(order.averagePrice)}</td>
              <td>{describeStatus(order)}</td>
              <td className="soft nowrap">{showShortDate(order.updatedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {page.nextCursor !== null && (
        <p className="pad">
          <button type="button" className="button small" onClick={() => readMore(page)}>
            Older
          </button>
        </p>
      )}
    </>
  );
}
