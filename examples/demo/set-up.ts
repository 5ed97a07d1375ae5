import { listMarkets, type MarketInfo } from '../client/markets.ts';
import type { TickerView } from '../client/messages.ts';
import type { Operator } from '../client/operator.ts';
import type { RestClient } from '../client/rest.ts';
import { type Credentials, register, type Session } from '../client/sign-in.ts';
import { START_VALUES } from './price-walk.ts';

/** What the demo was asked to do can't be done. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** Each trader's own, in dollars of each asset. */
const CREDIT_DOLLARS = 20_000_000;

/** The open markets between assets that the demo knows how to price. */
export async function findMarkets(rest: RestClient): Promise<readonly MarketInfo[]> {
  const markets = (await listMarkets(rest)).filter(
    ({ base, quote, status }) => status === 'open' && base in START_VALUES && quote in START_VALUES,
  );
  if (markets.length === 0) {
    throw new DemoError('None of the demo markets (BTC-USDT, ETH-USDT, ETH-BTC) is open at this exchange.');
  }
  return markets;
}

/** Dollar values to begin with: where the markets were left, as far as they have traded. */
export async function startValues(
  rest: RestClient,
  markets: readonly MarketInfo[],
): Promise<Readonly<Record<string, number>>> {
  const values = { ...START_VALUES };
  for (const { symbol, base, quote } of markets) {
    const path = `/v1/markets/${encodeURIComponent(symbol)}/ticker`;
    const { lastPrice } = await rest.request<TickerView>('GET', path);
    if (lastPrice !== null && quote === 'USDT') values[base] = Number(lastPrice);
  }
  return values;
}

/** Registers one more trader and gives him something to trade with. */
export async function enlistTrader(
  rest: RestClient,
  operator: Operator,
  markets: readonly MarketInfo[],
  credentials: Credentials,
  outbox: string,
): Promise<Session> {
  const session = await register(rest, credentials, outbox);
  const assets = new Set(markets.flatMap(({ base, quote }) => [base, quote]));
  for (const asset of assets) {
    const amount = Math.ceil(CREDIT_DOLLARS / START_VALUES[asset]!);
    await operator.credit(session.accountId, asset, String(amount));
  }
  return session;
}
