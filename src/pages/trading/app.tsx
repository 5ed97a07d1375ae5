import { useEffect } from 'react';
import { describeFailure } from '../api/problem.ts';
import { useLoaded, useSignedIn } from '../design/hooks.ts';
import { Toasts } from '../design/toasts.tsx';
import { Account } from './account/account.tsx';
import { Header } from './header.tsx';
import type { MarketInfo } from './market/market-data.ts';
import { useTickers } from './market/use-tickers.ts';
import { type Route, useRoute } from './route.ts';
import { Callback } from './sign-in/callback.tsx';
import { Door } from './sign-in/door.tsx';
import { TradePage } from './trade-page.tsx';
import { Wallet } from './wallet/wallet.tsx';

const RETRY_MS = 3_000;

export function App() {
  const route = useRoute();
  const isCallback = location.pathname === '/sign-in/callback';
  return (
    <div className="page">
      <Header route={route} />
      {isCallback ? <Callback /> : <Content route={route} />}
      <Toasts />
    </div>
  );
}

function Content({ route }: { readonly route: Route }) {
  const { place } = route;
  const isSignedIn = useSignedIn();
  if (place === 'sign-in' || place === 'sign-up') return <Door key={place} isNew={place === 'sign-up'} />;
  if (place !== 'trade' && !isSignedIn) return <Door isNew={false} />;
  if (place === 'wallet') return <Wallet />;
  if (place === 'account') return <Account />;
  return <Markets wanted={route.market} />;
}

/** Reads the markets, again and again until they are there. */
function Markets({ wanted }: { readonly wanted: string | undefined }) {
  const { value, error, reload } = useLoaded<{ markets: readonly MarketInfo[] }>('/v1/markets');
  useEffect(() => {
    if (error === undefined) return;
    const timer = setTimeout(reload, RETRY_MS);
    return () => clearTimeout(timer);
  }, [error, reload]);
  const markets = value?.markets;
  const tickers = useTickers(markets);
  if (markets === undefined)
    return <main className="pad soft">{error === undefined ? 'Loading…' : describeFailure(error)}</main>;
  const market = markets.find(({ symbol }) => symbol === wanted) ?? markets[0];
  if (market === undefined) return <main className="pad soft">There is no market yet.</main>;
  return <TradePage market={market} markets={markets} tickers={tickers} />;
}
