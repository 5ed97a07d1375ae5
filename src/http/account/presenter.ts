import type { z } from 'zod';
import type { EntryTrade } from '../../db/fills-read.ts';
import type { AccountEntry } from '../../db/postings-read.ts';
import type { WalletAmounts } from '../../db/wallets-read.ts';
import type { AccountPolicy } from '../../domain/accounts/admission.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { formatPrice, formatQuote, type Market } from '../../domain/markets/market.ts';
import { formatDecimal } from '../../domain/money.ts';
import { type Position, unrealisedMinor } from '../../domain/pnl.ts';
import { type FillView, isoTime, viewBalance, viewFill } from '../../domain/views.ts';
import type * as schema from './schema.ts';

const AVERAGE_DECIMALS = 4;

export function presentBalances(
  catalog: Catalog,
  wallets: readonly WalletAmounts[],
): z.output<typeof schema.Balances> {
  const byAsset = new Map(wallets.map((wallet) => [wallet.assetId, wallet]));
  return {
    balances: catalog.assets.map((asset) => {
      const wallet = byAsset.get(asset.id);
      return viewBalance(asset, wallet?.balanceMinor ?? 0n, wallet?.lockedMinor ?? 0n);
    }),
  };
}

/** One fill, or both when the account traded with itself. */
export function presentFills(market: Market, trade: EntryTrade, accountId: number): FillView[] {
  const fills: FillView[] = [];
  if (trade.taker.accountId === accountId) fills.push(viewFill(market, trade, 'taker'));
  if (trade.maker.accountId === accountId) fills.push(viewFill(market, trade, 'maker'));
  return fills;
}

export function presentPolicy({
  selfTrade,
  tradeGroup,
}: AccountPolicy): z.output<typeof schema.AccountPolicy> {
  return { selfTradePrevention: selfTrade, tradeGroup: String(tradeGroup) };
}

export function presentEntry(catalog: Catalog, entry: AccountEntry): z.output<typeof schema.LedgerEntry> {
  return {
    id: String(entry.entryNo),
    kind: entry.kind,
    postedAt: isoTime(entry.postedAtMs),
    postings: entry.postings.map(({ assetId, amountMinor }) => {
      const asset = catalog.assetById(assetId);
      if (asset === undefined) throw new Error(`posting in unknown asset ${assetId}`);
      return { asset: asset.symbol, amount: formatDecimal(amountMinor, asset.scale) };
    }),
  };
}

export function presentPosition(
  market: Market,
  position: Position,
  lastPriceTicks: number | null,
): z.output<typeof schema.Position> {
  return {
    market: market.symbol,
    asset: market.base.symbol,
    quoteAsset: market.quote.symbol,
    quantity: formatDecimal(position.quantityMinor, market.base.scale),
    cost: formatQuote(market, position.costMinor),
    averageCost: averageCost(market, position),
    lastPrice: lastPriceTicks === null ? null : formatPrice(market, lastPriceTicks),
    realised: formatQuote(market, position.realisedMinor),
    unrealised:
      lastPriceTicks === null ? null : formatQuote(market, unrealisedMinor(market, position, lastPriceTicks)),
  };
}

function averageCost(market: Market, { quantityMinor, costMinor }: Position): string | null {
  if (quantityMinor === 0n) return null;
  const scale = market.priceScale + AVERAGE_DECIMALS;
  const dividend = costMinor * 10n ** BigInt(market.base.scale + scale);
  return formatDecimal(dividend / (quantityMinor * 10n ** BigInt(market.quote.scale)), scale);
}
