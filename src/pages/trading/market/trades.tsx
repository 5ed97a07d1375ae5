import type { TradeView } from '../../../domain/views.ts';
import { decimalsOf, show } from '../../api/decimals.ts';
import { showTime } from '../../design/time.ts';
import type { MarketInfo } from './market-data.ts';

export function Trades({
  market,
  trades,
}: {
  readonly market: MarketInfo;
  readonly trades: readonly TradeView[] | undefined;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll it.
    <section className="trades scroll" aria-label="Trades" tabIndex={0}>
      <div className="book-head trade-row trades-head">
        <span>Price</span>
        <span className="num">Quantity</span>
        <span className="num">Time</span>
      </div>
      {trades?.length === 0 && <p className="pad soft">Nothing was traded yet.</p>}
      <ol>
        {trades?.map(({ id, price, quantity, takerSide, executedAt }) => (
          <li key={id} className="trade-row">
            <span className={takerSide}>
              <span className="visually-hidden">{takerSide} </span>
              {show(price, decimalsOf(market.tickSize))}
            </span>
            <span className="num">{show(quantity, decimalsOf(market.lotSize))}</span>
            <time className="num soft" dateTime={executedAt}>
              {showTime(executedAt)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
