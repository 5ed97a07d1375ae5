import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import { assert } from '../domain/assert.ts';
import type { Asset } from '../domain/asset.ts';
import { type FeeTier, MARKET_STATUSES, type Market } from '../domain/markets/market.ts';
import { values } from './columns.ts';

const whole = z.union([z.bigint(), z.number()]).transform(Number);

const assetRow = z.object({ id: whole, symbol: z.string(), name: z.string(), scale: whole });

const marketRow = z.object({
  id: whole,
  symbol: z.string(),
  base_asset_id: whole,
  quote_asset_id: whole,
  tick_units: z.bigint(),
  price_scale: whole,
  lot_minor: z.bigint(),
  min_quantity_lots: whole,
  max_quantity_lots: whole,
  min_notional_minor: z.bigint(),
  max_notional_minor: z.bigint(),
  band_ppm: whole,
  limit_band_ppm: whole,
  max_open_orders: whole,
  max_open_stops: whole,
  breaker_band_ppm: whole.nullable(),
  breaker_window_ms: whole.nullable(),
  breaker_auction_ms: whole.nullable(),
  status: z.enum(MARKET_STATUSES),
});

const tierRow = z.object({
  market_id: whole,
  min_volume_minor: z.bigint(),
  maker_fee_ppm: whole,
  taker_fee_ppm: whole,
});

/** All assets and markets, by number. */
export async function loadCatalog(
  db: CommonQueryMethods,
): Promise<{ readonly assets: readonly Asset[]; readonly markets: readonly Market[] }> {
  const assets = await db.any(sql.type(assetRow)`select id, symbol, name, scale from assets order by id`);
  const tiers = await db.any(sql.type(tierRow)`
    select market_id, min_volume_minor, maker_fee_ppm, taker_fee_ppm from fee_tiers order by min_volume_minor`);
  const rows = await db.any(sql.type(marketRow)`
    select m.id, m.symbol, m.base_asset_id, m.quote_asset_id, m.tick_units, m.price_scale, m.lot_minor,
           m.min_quantity_lots, m.max_quantity_lots, m.min_notional_minor, m.max_notional_minor, m.band_ppm,
           m.limit_band_ppm, m.max_open_orders, m.max_open_stops, m.breaker_band_ppm, m.breaker_window_ms,
           m.breaker_auction_ms, s.status
    from markets m join market_states s on s.market_id = m.id order by m.id`);
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const markets = rows.map((row): Market => {
    const base = byId.get(row.base_asset_id);
    const quote = byId.get(row.quote_asset_id);
    assert(base !== undefined && quote !== undefined, 'a market’s assets are there: foreign keys');
    return {
      id: row.id,
      symbol: row.symbol,
      base,
      quote,
      tickUnits: row.tick_units,
      priceScale: row.price_scale,
      lotMinor: row.lot_minor,
      tickLotMinor:
        (row.tick_units * row.lot_minor * 10n ** BigInt(quote.scale)) /
        10n ** BigInt(row.price_scale + base.scale),
      minQuantityLots: row.min_quantity_lots,
      maxQuantityLots: row.max_quantity_lots,
      minNotionalMinor: row.min_notional_minor,
      maxNotionalMinor: row.max_notional_minor,
      bandPpm: row.band_ppm,
      limitBandPpm: row.limit_band_ppm,
      maxOpenOrders: row.max_open_orders,
      maxOpenStops: row.max_open_stops,
      breaker:
        row.breaker_band_ppm === null
          ? null
          : {
              bandPpm: row.breaker_band_ppm,
              windowMs: row.breaker_window_ms!,
              auctionMs: row.breaker_auction_ms!,
            },
      feeTiers: tiers
        .filter((tier) => tier.market_id === row.id)
        .map((tier) => ({
          minVolumeMinor: tier.min_volume_minor,
          makerFeePpm: tier.maker_fee_ppm,
          takerFeePpm: tier.taker_fee_ppm,
        })),
      status: row.status,
    };
  });
  return { assets, markets };
}

export async function insertAssets(db: CommonQueryMethods, assets: readonly Asset[]): Promise<void> {
  for (const asset of assets) {
    await db.query(sql.unsafe`
      insert into assets (id, symbol, name, scale)
      values (${asset.id}, ${asset.symbol}, ${asset.name}, ${asset.scale})`);
  }
}

/** Adds markets with their fees and a state without a message yet. */
export async function insertMarkets(db: CommonQueryMethods, markets: readonly Market[]): Promise<void> {
  for (const market of markets) {
    await db.query(sql.unsafe`
      insert into markets (
        id, symbol, base_asset_id, quote_asset_id, tick_units, price_scale, lot_minor, min_quantity_lots,
        max_quantity_lots, min_notional_minor, max_notional_minor, band_ppm, limit_band_ppm, max_open_orders,
        max_open_stops, breaker_band_ppm, breaker_window_ms, breaker_auction_ms
      )
      values (
        ${market.id}, ${market.symbol}, ${market.base.id}, ${market.quote.id}, ${market.tickUnits},
        ${market.priceScale}, ${market.lotMinor.toString()}, ${market.minQuantityLots}, ${market.maxQuantityLots},
        ${market.minNotionalMinor.toString()}, ${market.maxNotionalMinor.toString()}, ${market.bandPpm},
        ${market.limitBandPpm}, ${market.maxOpenOrders}, ${market.maxOpenStops},
        ${market.breaker?.bandPpm ?? null}, ${market.breaker?.windowMs ?? null}, ${market.breaker?.auctionMs ?? null}
      )`);
    await db.query(sql.unsafe`
      insert into market_states (market_id, status, seq, places, trade_no) values (${market.id}, ${market.status}, 0, 0, 0)`);
    await replaceFeeTiers(db, market.id, market.feeTiers);
  }
}

export async function replaceFeeTiers(
  db: CommonQueryMethods,
  marketId: number,
  tiers: readonly FeeTier[],
): Promise<void> {
  await db.query(sql.unsafe`delete from fee_tiers where market_id = ${marketId}`);
  await db.query(sql.unsafe`
    insert into fee_tiers (market_id, min_volume_minor, maker_fee_ppm, taker_fee_ppm)
    select ${marketId}::int, * from unnest(
      ${values(tiers.map((tier) => tier.minVolumeMinor))}::numeric[],
      ${values(tiers.map((tier) => tier.makerFeePpm))}::int[],
      ${values(tiers.map((tier) => tier.takerFeePpm))}::int[]
    )`);
}
