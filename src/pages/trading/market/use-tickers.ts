import { useEffect, useState } from 'react';
import { units } from '../../api/decimals.ts';
import { live } from '../../api/live.ts';
import { get } from '../../api/request.ts';
import { READABLE_MS, Store, useStore } from '../../api/store.ts';
import type { MarketInfo, TickerInfo } from './market-data.ts';

export type Tickers = ReadonlyMap<string, TickerInfo>;

/** The tickers of all markets, live. */
export function useTickers(markets: readonly MarketInfo[] | undefined): Tickers {
  const [store] = useState(() => new Store<Tickers>(new Map(), READABLE_MS));
  useEffect(() => {
    if (markets === undefined) return;
    const put = (ticker: TickerInfo) => store.set(new Map(store.value).set(ticker.market, ticker));
    // The socket tells them too; this is there sooner.
    void get<{ tickers: readonly TickerInfo[] }>('/v1/tickers')
      .then(({ tickers }) => {
        for (const ticker of tickers) if (!store.value.has(ticker.market)) put(ticker);
      })
      .catch(() => {});
    const ends = markets.map(({ symbol }) =>
      live.subscribe({ channel: 'ticker', market: symbol }, ({ data }) => put(data)),
    );
    return () => {
      for (const end of ends) end();
    };
  }, [store, markets]);
  return useStore(store);
}

/** Change of the last price since 24 hours ago, in hundredths of a per cent; undefined without trades. */
export function changeOf({ open, lastPrice }: TickerInfo): bigint | undefined {
  if (open === null || lastPrice === null || units(open) === 0n) return undefined;
  return ((units(lastPrice) - units(open)) * 10_000n) / units(open);
}
