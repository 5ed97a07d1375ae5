import { useState } from 'react';
import { Tabs } from '../../design/tabs.tsx';
import { useAccount } from '../account-feed.ts';
import type { MarketInfo } from '../market/market-data.ts';
import type { Tickers } from '../market/use-tickers.ts';
import { Balances } from '../wallet/balances.tsx';
import { Fills } from './fills.tsx';
import { OrderHistory } from './history.tsx';
import { OpenOrders } from './open-orders.tsx';

type Name = 'open' | 'history' | 'fills' | 'balances';

/** What is one's own, below the chart. */
export function OwnTables({
  markets,
  tickers,
}: {
  readonly markets: readonly MarketInfo[];
  readonly tickers: Tickers;
}) {
  const { orders } = useAccount();
  const [name, setName] = useState<Name>('open');
  const count = orders === undefined || orders.length === 0 ? '' : ` (${orders.length})`;
  return (
    <>
      <Tabs
        label="Yours"
        tabs={[
          ['open', `Open orders${count}`],
          ['history', 'Order history'],
          ['fills', 'Trades'],
          ['balances', 'Balances'],
        ]}
        selected={name}
        onSelect={setName}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll it. */}
      <section className="scroll own-scroll" aria-label="Yours" tabIndex={0}>
        {name === 'open' && <OpenOrders markets={markets} />}
        {name === 'history' && <OrderHistory />}
        {name === 'fills' && <Fills />}
        {name === 'balances' && <Balances markets={markets} tickers={tickers} />}
      </section>
    </>
  );
}
