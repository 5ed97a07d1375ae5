import type { ReactNode } from 'react';
import type { BalanceView } from '../../../domain/views.ts';
import { add, multiply, show, units } from '../../api/decimals.ts';
import { useAccount } from '../account-feed.ts';
import type { MarketInfo } from '../market/market-data.ts';
import type { Tickers } from '../market/use-tickers.ts';

const VALUE_DECIMALS = 2;

interface BalancesProps {
  readonly markets: readonly MarketInfo[];
  readonly tickers: Tickers;
  /** What can be done with an asset. */
  readonly actions?: (balance: BalanceView) => ReactNode;
}

/** What one owns, and what it is worth at the last prices. */
export function Balances({ markets, tickers, actions }: BalancesProps) {
  const { balances } = useAccount();
  if (balances === undefined) return <p className="pad soft">Loading…</p>;
  const asset = valuationAsset(markets);
  const values = balances.map((balance) => worthOf(balance, asset, { markets, tickers }));
  const total = values.reduce<string>((sum, value) => add(sum, value ?? '0'), '0');
  return (
    <table className="table" aria-label="Balances">
      <thead>
        <tr>
          <th>Asset</th>
          <th className="num">Available</th>
          <th className="num wide-only">In orders and withdrawals</th>
          <th className="num wide-only">Total</th>
          <th className="num">Value ({asset})</th>
          {actions !== undefined && (
            <th>
              <span className="visually-hidden">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {balances.map((balance, at) => (
          <tr key={balance.asset} className={units(balance.balance) === 0n ? 'soft' : undefined}>
            <td>
              <strong>{balance.asset}</strong>
            </td>
            <td className="num">{show(balance.available)}</td>
            <td className="num wide-only">{show(balance.locked)}</td>
            <td className="num wide-only">{show(balance.balance)}</td>
            <td className="num">{show(values[at], VALUE_DECIMALS)}</td>
            {actions !== undefined && <td className="num nowrap">{actions(balance)}</td>}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td>Total</td>
          <td />
          <td className="wide-only" />
          <td className="wide-only" />
          <td className="num">
            <strong>{show(total, VALUE_DECIMALS)}</strong>
          </td>
          {actions !== undefined && <td />}
        </tr>
      </tfoot>
    </table>
  );
}

/** In which most markets are quoted. */
function valuationAsset(markets: readonly MarketInfo[]): string {
  const counts = new Map<string, number>();
  for (const { quote } of markets) counts.set(quote, (counts.get(quote) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? '';
}

function worthOf(
  { asset, balance }: BalanceView,
  valuation: string,
  { markets, tickers }: Pick<BalancesProps, 'markets' | 'tickers'>,
): string | undefined {
  if (asset === valuation) return balance;
  const market = markets.find(({ base, quote }) => base === asset && quote === valuation);
  const price = market === undefined ? null : tickers.get(market.symbol)?.lastPrice;
  return price == null ? undefined : multiply(balance, price, VALUE_DECIMALS);
}
