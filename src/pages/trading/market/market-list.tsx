import { decimalsOf, show } from '../../api/decimals.ts';
import { hrefOf } from '../route.ts';
import type { MarketInfo } from './market-data.ts';
import { Change } from './price-text.tsx';
import type { Tickers } from './use-tickers.ts';

export function MarketList({
  markets,
  tickers,
  selected,
}: {
  readonly markets: readonly MarketInfo[];
  readonly tickers: Tickers;
  readonly selected: string | undefined;
}) {
  return (
    <nav aria-label="Markets">
      <ul className="market-list">
        {markets.map(({ symbol, base, quote, tickSize }) => {
          const ticker = tickers.get(symbol);
          return (
            <li key={symbol}>
              <a href={hrefOf('trade', symbol)} aria-current={symbol === selected ? 'page' : undefined}>
                <span>
                  <strong>{base}</strong>
                  <span className="soft">/{quote}</span>
                </span>
                <span className="num">{show(ticker?.lastPrice, decimalsOf(tickSize))}</span>
                <small className="soft">{ticker?.status === 'open' ? '' : ticker?.status}</small>
                <small className="num">
                  <Change ticker={ticker} />
                </small>
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
