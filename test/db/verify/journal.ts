import { createHash } from 'node:crypto';
import { type CommonQueryMethods, sql } from 'slonik';
import { appendAudit } from '../../../src/db/audit.ts';
import { candlesOf } from '../../../src/domain/candles.ts';
import { feeOn } from '../../../src/domain/fees.ts';
import { defineMarket, type Market, valueMinor } from '../../../src/domain/markets/market.ts';
import type { Side } from '../../../src/domain/orders/order.ts';
import { type Posting, postingsOfDeposit, postingsOfTrade, type Trade } from '../../../src/domain/trade.ts';

/**
 * A small history that is right in every detail, written straight into the tables with the domain's own rules:
 * two customers, deposits, trades over several minutes (one with himself), orders that rest and orders that ended.
 */

const BTC = { id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 8 };
const USD = { id: 2, symbol: 'USD', name: 'US dollar', scale: 6 };
const MAKER_PPM = 1_000;
const TAKER_PPM = 2_500;
const START_MS = 1_700_000_000_000;
const ALICE = 1000;
const BOB = 1001;

function market(): Market {
  const spec = {
    symbol: 'BTC-USD',
    base: 'BTC',
    quote: 'USD',
    tickSize: '0.01',
    lotSize: '0.0001',
    minQuantity: '0.0001',
    maxQuantity: '100',
    minNotional: '0',
    bandPpm: 100_000,
    feeTiers: [{ minVolume: '0', makerFeePpm: MAKER_PPM, takerFeePpm: TAKER_PPM }],
  };
  const defined = defineMarket(1, spec, BTC, USD);
  if (!defined.ok) throw new Error(defined.refusal.detail);
  return defined.value;
}

interface OrderRow {
  readonly accountId: number;
  readonly orderNo: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  filledLots: number;
  filledQuoteMinor: bigint;
  feeMinor: bigint;
}

/** Writes the history. The database must be new. */
export async function writeJournal(db: CommonQueryMethods): Promise<void> {
  const actor = { type: 'command_line' } as const;
  for (const userId of [1, 2, 3])
    await appendAudit(db, { action: 'user.added', outcome: 'done', actor, userId }, START_MS);
  const m = market();
  const orders = new Map<string, OrderRow>();
  const trades: Trade[] = [];
  const postings: (Posting & { entryNo: number; kind: number; atMs: number })[] = [];
  let entryNo = 0;

  function order(
    accountId: number,
    orderNo: number,
    side: Side,
    priceTicks: number,
    quantityLots: number,
  ): void {
    const row = { accountId, orderNo, side, priceTicks, quantityLots };
    orders.set(`${accountId}-${orderNo}`, { ...row, filledLots: 0, filledQuoteMinor: 0n, feeMinor: 0n });
  }

  function enter(entry: readonly Posting[], kind: number, atMs: number): void {
    entryNo += 1;
    for (const posting of entry) postings.push({ ...posting, entryNo, kind, atMs });
  }

  function trade(maker: string, taker: string, quantityLots: number, atMs: number): void {
    const [makerOrder, takerOrder] = [orders.get(maker)!, orders.get(taker)!];
    const { priceTicks } = makerOrder;
    const quoteMinor = valueMinor(m, priceTicks, quantityLots);
    const fees = ([makerOrder, takerOrder] as const).map((row, index) => {
      const received = row.side === 'buy' ? BigInt(quantityLots) * m.lotMinor : quoteMinor;
      const fee = feeOn(received, index === 0 ? MAKER_PPM : TAKER_PPM);
      row.filledLots += quantityLots;
      row.filledQuoteMinor += quoteMinor;
      row.feeMinor += fee;
      return fee;
    });
    const made: Trade = {
      marketId: m.id,
      tradeNo: trades.length + 1,
      priceTicks,
      quantityLots,
      takerSide: takerOrder.side,
      maker: makerOrder,
      taker: takerOrder,
      makerFeeMinor: fees[0]!,
      takerFeeMinor: fees[1]!,
      executedAtMs: atMs,
    };
    enter(postingsOfTrade(m, made), 1, atMs);
    trades.push(made);
  }

  await db.query(sql.unsafe`
    insert into assets (id, symbol, name, scale) values
      (1, 'BTC', 'Bitcoin', 8), (2, 'USD', 'US dollar', 6)`);
  await db.query(sql.unsafe`
    insert into markets (id, symbol, base_asset_id, quote_asset_id, tick_units, price_scale, lot_minor,
                         min_quantity_lots, max_quantity_lots, min_notional_minor, band_ppm)
    values (1, 'BTC-USD', 1, 2, ${m.tickUnits}, ${m.priceScale}, ${m.lotMinor}, 1, 1000000, 0, 100000)`);
  await db.query(sql.unsafe`insert into accounts (id) values (${ALICE}), (${BOB})`);

  for (const [accountId, assetId, amountMinor] of [
    [ALICE, 1, 500_000_000n],
    [ALICE, 2, 900_000_000_000n],
    [BOB, 1, 300_000_000n],
    [BOB, 2, 800_000_000_000n],
  ] as const) {
    enter(postingsOfDeposit(accountId, assetId, amountMinor), 2, START_MS);
    await db.query(sql.unsafe`
      insert into deposits (reference, entry_no, account_id, asset_id, amount_minor, credited_at_ms)
      values (${`deposit-${entryNo}`}, ${entryNo}, ${accountId}, ${assetId}, ${amountMinor}, ${START_MS})`);
  }

  order(ALICE, 1, 'sell', 2_000_001, 3_333);
  order(ALICE, 2, 'buy', 1_999_000, 10_000);
  order(BOB, 1, 'buy', 2_000_001, 1_111);
  order(BOB, 2, 'buy', 2_000_001, 777);
  order(ALICE, 3, 'buy', 2_000_001, 445);
  order(BOB, 3, 'sell', 1_999_000, 2_500);
  order(BOB, 4, 'sell', 2_100_000, 40);
  trade('1000-1', '1001-1', 1_111, START_MS + 1_000);
  trade('1000-1', '1001-2', 777, START_MS + 61_000);
  trade('1000-1', '1000-3', 445, START_MS + 4_000_000);
  trade('1000-2', '1001-3', 2_500, START_MS + 4_100_000);

  let seq = 0;
  for (const row of orders.values()) {
    seq += 1;
    const rest = row.quantityLots - row.filledLots;
    const side = row.side === 'buy' ? 0 : 1;
    const fees = sql.fragment`${row.filledQuoteMinor}, ${row.feeMinor}, ${MAKER_PPM}, ${TAKER_PPM}`;
    if (rest === 0) {
      await db.query(sql.unsafe`
        insert into orders (account_id, order_no, market_id, side, type, time_in_force, post_only, price_ticks,
                            quantity_lots, quote_budget, filled_lots, filled_quote_minor, fee_minor, maker_fee_ppm,
                            taker_fee_ppm, status, reason, request_digest, created_at_ms, updated_at_ms)
        values (${row.accountId}, ${row.orderNo}, 1, ${side}, 0, 0, false, ${row.priceTicks}, ${row.quantityLots}, 0,
                ${row.filledLots}, ${fees}, 2, 1, 0, ${START_MS}, ${START_MS})`);
    } else {
      const hold = row.side === 'buy' ? valueMinor(m, row.priceTicks, rest) : BigInt(rest) * m.lotMinor;
      await db.query(sql.unsafe`
        insert into open_orders (account_id, order_no, market_id, priority, side, price_ticks, quantity_lots,
                                 filled_lots, filled_quote_minor, fee_minor, maker_fee_ppm, taker_fee_ppm, hold_minor,
                                 post_only, request_digest, created_at_ms, updated_at_ms)
        values (${row.accountId}, ${row.orderNo}, 1, ${seq}, ${side}, ${row.priceTicks}, ${row.quantityLots},
                ${row.filledLots}, ${fees}, ${hold}, false, 0, ${START_MS}, ${START_MS})`);
    }
  }
  for (const [index, { maker, taker, ...made }] of trades.entries()) {
    await db.query(sql.unsafe`
      insert into trades (entry_no, market_id, trade_no, price_ticks, quantity_lots, taker_side, maker_account_id,
                          maker_order_no, taker_account_id, taker_order_no, maker_fee_minor, taker_fee_minor,
                          executed_at_ms)
      values (${entryNo - trades.length + 1 + index}, 1, ${made.tradeNo}, ${made.priceTicks}, ${made.quantityLots},
              ${made.takerSide === 'buy' ? 0 : 1}, ${maker.accountId}, ${maker.orderNo}, ${taker.accountId},
              ${taker.orderNo}, ${made.makerFeeMinor}, ${made.takerFeeMinor}, ${made.executedAtMs})`);
  }
  for (const posting of postings) {
    await db.query(sql.unsafe`
      insert into postings (account_id, entry_no, asset_id, kind, amount_minor, posted_at_ms)
      values (${posting.accountId}, ${posting.entryNo}, ${posting.assetId}, ${posting.kind}, ${posting.amountMinor},
              ${posting.atMs})`);
  }
  await db.query(sql.unsafe`
    insert into wallets (account_id, asset_id, balance_minor, locked_minor)
    select p.account_id, p.asset_id, sum(p.amount_minor), coalesce((
      select sum(o.hold_minor) from open_orders o
      where o.account_id = p.account_id and p.asset_id = case o.side when 0 then 2 else 1 end), 0)
    from postings p group by p.account_id, p.asset_id`);
  for (const { maker, taker, ...made } of trades) {
    const day = Math.floor(made.executedAtMs / 86_400_000);
    for (const { accountId } of [maker, taker]) {
      await db.query(sql.unsafe`
        insert into account_volumes (account_id, quote_asset_id, day, volume_minor)
        values (${accountId}, 2, ${day}, ${valueMinor(m, made.priceTicks, made.quantityLots)})
        on conflict (account_id, quote_asset_id, day)
        do update set volume_minor = account_volumes.volume_minor + excluded.volume_minor`);
    }
  }
  for (const candle of candlesOf(m, trades)) {
    await db.query(sql.unsafe`
      insert into candles (market_id, interval_ms, opened_at_ms, open_ticks, high_ticks, low_ticks, close_ticks,
                           volume_lots, quote_volume_minor, trade_count)
      values (1, ${candle.intervalMs}, ${candle.openedAtMs}, ${candle.openTicks}, ${candle.highTicks},
              ${candle.lowTicks}, ${candle.closeTicks}, ${candle.volumeLots}, ${candle.quoteVolumeMinor},
              ${candle.tradeCount})`);
  }
  await db.query(sql.unsafe`
    insert into market_states (market_id, status, seq, places, trade_no, last_price_ticks)
    values (1, 'open', ${seq}, ${seq}, ${trades.length}, ${trades.at(-1)!.priceTicks})`);
  await writeStreams(db);
  await writeLog(db, entryNo);
}

async function writeStreams(db: CommonQueryMethods): Promise<void> {
  await db.query(sql.unsafe`
    insert into account_streams (account_id, seq) values (${ALICE}, 3), (${BOB}, 2)`);
  await db.query(sql.unsafe`
    insert into account_events (account_id, seq, batch_no, payload)
    select account_id, generate_series(1, seq), 1, '{}'::bytea from account_streams`);
}

/** More batches than the check reads at a time, so that it has to go on from chunk to chunk. */
const BATCHES = 70;

async function writeLog(db: CommonQueryMethods, entryNo: number): Promise<void> {
  let hash = Buffer.alloc(32);
  for (let batchNo = 1; batchNo <= BATCHES; batchNo += 1) {
    const payload = Buffer.from(
      `{"n":${batchNo}}\n{"n":"${'x'.repeat(batchNo)}"}${batchNo % 2 === 0 ? '\n' : ''}`,
    );
    const number = Buffer.alloc(8);
    number.writeBigInt64BE(BigInt(batchNo));
    hash = createHash('sha256')
      .update(Buffer.concat([hash, number, payload]))
      .digest();
    await db.query(sql.unsafe`
      insert into message_log (batch_no, epoch, committed_at_ms, message_count, payload, hash)
      values (${batchNo}, 1, ${START_MS}, 2, ${sql.binary(payload)}, ${sql.binary(hash)})`);
  }
  await db.query(sql.unsafe`
    update exchange_state set epoch = 1, batch_no = ${BATCHES}, entry_no = ${entryNo}, log_hash = ${sql.binary(hash)}`);
}
