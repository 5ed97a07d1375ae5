import { useMemo, useState } from 'react';
import { useLiveState, useSignedIn } from '../design/hooks.ts';
import { Tabs } from '../design/tabs.tsx';
import { useAccount } from './account-feed.ts';
import { Book } from './market/book.tsx';
import { Chart } from './market/chart.tsx';
import { DepthChart } from './market/depth-chart.tsx';
import type { MarketInfo } from './market/market-data.ts';
import { MarketList } from './market/market-list.tsx';
import { MarketStrip } from './market/market-strip.tsx';
import { Trades } from './market/trades.tsx';
import { useDepth } from './market/use-depth.ts';
import type { Tickers } from './market/use-tickers.ts';
import { useTrades } from './market/use-trades.ts';
import { OrderForm, pickedPrice } from './orders/order-form.tsx';
import { OwnTables } from './orders/own-tables.tsx';

type Picture = 'candles' | 'depth';

/** A market with everything that a trader looks at. */
export function TradePage({
  market,
  markets,
  tickers,
}: {
  readonly market: MarketInfo;
  readonly markets: readonly MarketInfo[];
  readonly tickers: Tickers;
}) {
  const { symbol } = market;
  const depth = useDepth(symbol);
  const trades = useTrades(symbol);
  const { orders } = useAccount();
  const isSignedIn = useSignedIn();
  const isStale = useLiveState() === 'stale';
  const [picture, setPicture] = useState<Picture>('candles');
  const ticker = tickers.get(symbol);
  const own = useMemo(
    () =>
      new Set(
        orders
          ?.filter(
            ({ market: where, status }) =>
              where === symbol && status !== 'untriggered' && status !== 'pending',
          )
          .map(({ side, price }) => `${side} ${price}`),
      ),
    [orders, symbol],
  );
  return (
    <main className={isStale ? 'trade-page stale' : 'trade-page'}>
      <aside className="card area-markets">
        <MarketList markets={markets} tickers={tickers} selected={symbol} />
      </aside>
      <div className="area-strip">
        <MarketStrip market={market} ticker={ticker} />
      </div>
      <div className="card area-chart">
        <Tabs
          label="Picture"
          tabs={[
            ['candles', 'Candles'],
            ['depth', 'Depth'],
          ]}
          selected={picture}
          onSelect={setPicture}
        />
        {picture === 'candles' ? (
          <Chart key={symbol} market={market} />
        ) : (
          <DepthChart market={market} depth={depth} />
        )}
      </div>
      <div className="card area-book">
        <Book
          market={market}
          depth={depth}
          lastPrice={ticker?.lastPrice}
          own={own}
          onPick={(price) => pickedPrice.set({ market: symbol, price })}
        />
      </div>
      <div className="card area-trades">
        <Trades market={market} trades={trades} />
      </div>
      <div className="area-form">
        <OrderForm key={symbol} market={market} depth={depth} />
      </div>
      <div className="card area-own">
        {isSignedIn ? (
          <OwnTables markets={markets} tickers={tickers} />
        ) : (
          <p className="pad soft">Your orders, trades and balances are here once you are signed in.</p>
        )}
      </div>
    </main>
  );
}
