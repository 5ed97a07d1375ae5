import type { RestClient } from './rest.ts';

/** A market as the REST API shows it: decimals as strings. */
export interface MarketInfo {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly status: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minQuantity: string;
  readonly maxQuantity: string;
  readonly minNotional: string;
}

export interface AssetInfo {
  readonly symbol: string;
  readonly name: string;
  /** Decimals of the smallest unit. */
  readonly scale: number;
}

export async function listMarkets(rest: RestClient): Promise<readonly MarketInfo[]> {
  return (await rest.request<{ markets: readonly MarketInfo[] }>('GET', '/v1/markets')).markets;
}

export async function listAssets(rest: RestClient): Promise<readonly AssetInfo[]> {
  return (await rest.request<{ assets: readonly AssetInfo[] }>('GET', '/v1/assets')).assets;
}
