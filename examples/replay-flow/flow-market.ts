import { formatDecimal } from '../../src/domain/money.ts';
import { listAssets, listMarkets } from '../client/markets.ts';
import type { Operator } from '../client/operator.ts';
import type { RestClient } from '../client/rest.ts';

/** A market whose tick and lot are the flow's units: every price and quantity of the flow fits exactly. */
export interface FlowMarket {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Decimals of the flow's prices and quantities. */
  readonly priceScale: number;
  readonly quantityScale: number;
}

/** The exchange takes price × quantity below 2^53 ticks × lots; the greatest quantity alone is as large as that. */
const MAX_QUANTITY_UNITS = 2n ** 53n - 1n;

/**
 * Makes a market for one run, so that runs do not meet: `BTC-USDF1`, the next time `BTC-USDF2`. The quote asset is as
 * fine as one unit of quantity at one unit of price, so that every trade's value is a whole number of it.
 */
export async function createFlowMarket(
  rest: RestClient,
  operator: Operator,
  { priceScale, quantityScale }: { readonly priceScale: number; readonly quantityScale: number },
): Promise<FlowMarket> {
  const assets = new Map((await listAssets(rest)).map((asset) => [asset.symbol, asset]));
  const markets = new Set((await listMarkets(rest)).map(({ symbol }) => symbol));
  let run = 1;
  const isTaken = (suffix: string): boolean =>
    assets.has(`USD${suffix}`) || [...markets].some((symbol) => symbol.endsWith(`-USD${suffix}`));
  while (isTaken(`F${run}`)) run += 1;
  const existing = assets.get('BTC');
  const base = existing === undefined || existing.scale === quantityScale ? 'BTC' : `BTCF${run}`;
  const quote = `USDF${run}`;
  if (!assets.has(base)) await operator.createAsset({ symbol: base, name: base, scale: quantityScale });
  await operator.createAsset({
    symbol: quote,
    name: `Dollar of recorded flow ${run}`,
    scale: priceScale + quantityScale,
  });
  const symbol = `${base}-${quote}`;
  const lot = formatDecimal(1n, quantityScale);
  await operator.createMarket({
    symbol,
    base,
    quote,
    tickSize: formatDecimal(1n, priceScale),
    lotSize: lot,
    minQuantity: lot,
    maxQuantity: formatDecimal(MAX_QUANTITY_UNITS, quantityScale),
    minNotional: '0',
    bandPpm: 1_000_000,
    feeTiers: [{ minVolume: '0', makerFeePpm: 1_000, takerFeePpm: 2_000 }],
  });
  return { symbol, base, quote, priceScale, quantityScale };
}

/** More than any recorded flow needs. */
const CREDIT_UNITS = 10n ** 18n;

/** Gives an account so much that no order of the flow lacks funds. */
export async function fundForFlow(operator: Operator, market: FlowMarket, accountId: string): Promise<void> {
  await operator.credit(accountId, market.base, formatDecimal(CREDIT_UNITS, market.quantityScale));
  await operator.credit(accountId, market.quote, formatDecimal(CREDIT_UNITS, market.priceScale));
}
