import type { Asset } from './asset.ts';
import type { Market } from './markets/market.ts';

/** The assets and markets as of the last commit: an immutable snapshot that is replaced as a whole. */
export interface Catalog {
  readonly assets: readonly Asset[];
  readonly markets: readonly Market[];
  asset(symbol: string): Asset | undefined;
  assetById(id: number): Asset | undefined;
  market(symbol: string): Market | undefined;
  marketById(id: number): Market | undefined;
}

export function createCatalog(assets: readonly Asset[], markets: readonly Market[]): Catalog {
  const assetsBySymbol = new Map(assets.map((asset) => [asset.symbol, asset]));
  const assetsById = new Map(assets.map((asset) => [asset.id, asset]));
  const marketsBySymbol = new Map(markets.map((market) => [market.symbol, market]));
  const marketsById = new Map(markets.map((market) => [market.id, market]));
  return {
    assets,
    markets,
    asset: (symbol) => assetsBySymbol.get(symbol),
    assetById: (id) => assetsById.get(id),
    market: (symbol) => marketsBySymbol.get(symbol),
    marketById: (id) => marketsById.get(id),
  };
}

/** The same with one market added or replaced. */
export function withMarket(catalog: Catalog, market: Market): Catalog {
  const others = catalog.markets.filter((other) => other.id !== market.id);
  return createCatalog(
    catalog.assets,
    [...others, market].sort((a, b) => a.id - b.id),
  );
}

export function withAsset(catalog: Catalog, asset: Asset): Catalog {
  return createCatalog([...catalog.assets, asset], catalog.markets);
}
