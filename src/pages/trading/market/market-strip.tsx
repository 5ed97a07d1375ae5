import { decimalsOf, show } from '../../api/decimals.ts';
import type { MarketInfo, TickerInfo } from './market-data.ts';
import { Change, showLarge } from './price-text.tsx';

/** The market that is shown, with what happened in it in 24 hours. */
export function MarketStrip({
  market,
  ticker,
}: {
  readonly market: MarketInfo;
  readonly ticker: TickerInfo | undefined;
}) {
  const decimals = decimalsOf(market.tickSize);
  const auction = ticker?.auction;
  return (
    <section className="card strip" aria-label={`Market ${market.symbol}`}>
      <h1>
        {market.base}
        <span className="soft">/{market.quote}</span>
      </h1>
      <strong className="strip-price" data-testid="last-price">
        {show(ticker?.lastPrice, decimals)}
      </strong>
      <dl>
        <div>
          <dt>24 h</dt>
          <dd>
            <Change ticker={ticker} />
          </dd>
        </div>
        <div>
          <dt>High</dt>
          <dd>{show(ticker?.high, decimals)}</dd>
        </div>
        <div>
          <dt>Low</dt>
          <dd>{show(ticker?.low, decimals)}</dd>
        </div>
        <div>
          <dt>Volume</dt>
          <dd>
            {ticker === undefined ? '–' : showLarge(ticker.quoteVolume)}{' '}
            <span className="soft">{market.quote}</span>
          </dd>
        </div>
      </dl>
      {ticker !== undefined && ticker.status !== 'open' && (
        <span className="tag warn">{ticker.status.replaceAll('_', ' ')}</span>
      )}
      {auction != null && (
        <span className="soft">
          Auction:{' '}
          {auction.price === null
            ? 'no trade yet'
            : `${show(auction.quantity)} at ${show(auction.price, decimals)}`}
        </span>
      )}
    </section>
  );
}
