import type { FirstStatus, MarketSpec, MarketStatus, PriceBreakerSpec } from '../../domain/markets/market.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../output.ts';

/** A market as the API shows it. */
interface MarketView {
  readonly symbol: string;
  readonly status: MarketStatus;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minNotional: string;
  readonly quote: string;
  readonly feeTiers: readonly {
    readonly minVolume: string;
    readonly makerFee: string;
    readonly takerFee: string;
  }[];
}

export interface AddMarketOptions {
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minQuantity?: string;
  readonly maxQuantity: string;
  readonly minNotional: string;
  readonly maxNotional?: string;
  readonly bandPpm: number;
  readonly limitBandPpm?: number;
  readonly maxOpenOrders?: number;
  readonly maxOpenStops?: number;
  readonly breaker?: PriceBreakerSpec;
  readonly status?: FirstStatus;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}

export async function listMarkets(context: CommandContext): Promise<void> {
  const { markets } = await context
    .publicApi()
    .request<{ markets: readonly MarketView[] }>('GET', '/v1/markets');
  const rows = markets.map((market) => [
    market.symbol,
    market.status,
    market.tickSize,
    market.lotSize,
    `${market.minNotional} ${market.quote}`,
    market.feeTiers.map(({ makerFee, takerFee }) => `${makerFee}/${takerFee}`).join(' '),
  ]);
  const heading = ['MARKET', 'STATUS', 'TICK', 'LOT', 'MIN NOTIONAL', 'FEES MAKER/TAKER'];
  context.output.print(table([heading, ...rows]), { markets });
}

/** @param symbol for example `BTC-USDT`: base and quote, which must exist */
export async function addMarket(
  context: CommandContext,
  symbol: string,
  options: AddMarketOptions,
): Promise<void> {
  const [base = '', quote = ''] = symbol.split('-');
  const { makerFeePpm, takerFeePpm, minQuantity = options.lotSize, ...limits } = options;
  const spec: MarketSpec = {
    symbol,
    base,
    quote,
    ...limits,
    minQuantity,
    feeTiers: [{ minVolume: '0', makerFeePpm, takerFeePpm }],
  };
  const api = await context.operatorApi();
  const market = await api.request<MarketView>('POST', '/v1/admin/markets', spec);
  context.output.print(`Added market ${market.symbol}; it is ${market.status}.`, market);
}

/** Opens, halts, restricts, auctions or closes a market. */
export async function setMarketStatus(
  context: CommandContext,
  symbol: string,
  status: MarketStatus,
  auctionSeconds?: number,
): Promise<void> {
  const api = await context.operatorApi();
  const path = `/v1/admin/markets/${encodeURIComponent(symbol)}/status`;
  const market = await api.request<MarketView>('POST', path, { status, auctionSeconds });
  context.output.print(`Market ${market.symbol} is ${market.status}.`, market);
}

/**
 * Replaces the fees of a market, for orders placed from then on.
 * @param tiers each `volume:maker:taker`, the volume in the quote asset and the fees in millionths
 */
export async function setFees(
  context: CommandContext,
  symbol: string,
  feeTiers: MarketSpec['feeTiers'],
): Promise<void> {
  const api = await context.operatorApi();
  const path = `/v1/admin/markets/${encodeURIComponent(symbol)}`;
  const market = await api.request<MarketView>('PATCH', path, { feeTiers });
  const tiers = market.feeTiers.map(
    ({ minVolume, makerFee, takerFee }) =>
      `from ${minVolume} ${market.quote}: maker ${makerFee}, taker ${takerFee}`,
  );
  context.output.print(`Fees of ${market.symbol}:\n${tiers.join('\n')}`, market);
}
