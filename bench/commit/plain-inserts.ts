import type { Client } from 'pg';
import { reasonCode, sideCode, statusCode, timeInForceCode, typeCode } from '../../src/db/codes.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import { POSTING_KINDS, type SettlementBatch, type StoredFrame } from '../../src/domain/settlement.ts';

/** The yardstick of commits: the rows of a batch, written by multi-row inserts and nothing else. */

export interface TableRows {
  readonly table: string;
  /** Absent: all there are, in their order. */
  readonly columns?: string;
  readonly rows: readonly (readonly unknown[])[];
}

/** What the orders of the benchmark have; the other columns are of special orders. */
const OPEN_ORDER_COLUMNS = `account_id, order_no, market_id, priority, side, price_ticks, quantity_lots, filled_lots,
  filled_quote_minor, fee_minor, hold_minor, maker_fee_ppm, taker_fee_ppm, post_only, client_order_id, request_digest,
  created_at_ms, updated_at_ms, batch_no`;
const ENDED_ORDER_COLUMNS = `account_id, order_no, market_id, side, type, time_in_force, post_only, price_ticks, quantity_lots,
  quote_budget, filled_lots, filled_quote_minor, fee_minor, maker_fee_ppm, taker_fee_ppm, status, reason, client_order_id,
  request_digest, created_at_ms, updated_at_ms`;

/** Tables in which settlement changes rows: here each state of a row is a row of its own, named by the batch too. */
const CHANGING = Object.freeze([
  'wallets',
  'account_volumes',
  'candles',
  'market_states',
  'account_streams',
  'open_orders',
]);
const GROWING = Object.freeze(['message_log', 'orders', 'trades', 'postings', 'account_events']);

/** What PostgreSQL can take in one statement. */
const MAX_PARAMETERS = 65_535;

/** Makes empty tables `plain.…` with the columns, defaults, checks and primary keys of the exchange's own. */
export async function createPlainTables(client: Client): Promise<void> {
  await client.query('create schema plain');
  for (const table of GROWING)
    await client.query(`create table plain.${table} (like ${table} including all)`);
  for (const table of CHANGING) {
    await client.query(`create table plain.${table} (like ${table} including all)`);
    const { rows } = await client.query(
      `select c.conname as name, pg_get_constraintdef(c.oid) as definition from pg_constraint c
       where c.conrelid = 'plain.${table}'::regclass and c.contype = 'p'`,
    );
    const [{ name, definition }] = rows;
    const widened = (definition as string).replace('(', '(batch_no, ');
    await client.query(
      `alter table plain.${table} add batch_no bigint not null, drop constraint ${name}, add ${widened}`,
    );
  }
}

/** The rows that settlement writes for a batch; a row that it deletes is none. */
export function rowsOf(batch: SettlementBatch, frames: readonly StoredFrame[]): TableRows[] {
  const { batchNo } = batch;
  const resting = [...batch.opened, ...batch.changed];
  const { log } = batch;
  return [
    {
      table: 'message_log',
      rows: [
        [
          batchNo,
          batch.epoch,
          batch.committedAtMs,
          log.messageCount,
          Buffer.from(log.payload),
          Buffer.from(log.hash),
        ],
      ],
    },
    {
      table: 'open_orders',
      columns: OPEN_ORDER_COLUMNS,
      rows: resting.map((order) => [...openOrderValues(order), batchNo]),
    },
    { table: 'orders', columns: ENDED_ORDER_COLUMNS, rows: batch.ended.map(endedOrderValues) },
    {
      table: 'trades',
      rows: batch.trades.map(({ entryNo, trade }) => [
        entryNo,
        trade.marketId,
        trade.tradeNo,
        trade.priceTicks,
        trade.quantityLots,
        sideCode.of(trade.takerSide),
        trade.maker.accountId,
        trade.maker.orderNo,
        trade.taker.accountId,
        trade.taker.orderNo,
        trade.makerFeeMinor,
        trade.takerFeeMinor,
        trade.executedAtMs,
      ]),
    },
    {
      table: 'postings',
      rows: batch.postings.map((row) => [
        row.accountId,
        row.entryNo,
        row.assetId,
        POSTING_KINDS[row.kind],
        row.amountMinor,
        row.postedAtMs,
      ]),
    },
    {
      table: 'wallets',
      // The table's check is about totals: one of the delta would not pass for who pays.
      rows: batch.wallets.map((row) => [
        row.accountId,
        row.assetId,
        10n ** 30n + row.balanceMinor,
        10n ** 29n + row.lockedMinor,
        batchNo,
      ]),
    },
    {
      table: 'account_volumes',
      rows: batch.volumes.map((row) => [row.accountId, row.quoteAssetId, row.day, row.volumeMinor, batchNo]),
    },
    {
      table: 'candles',
      rows: batch.candles.map(([marketId, candle]) => [
        marketId,
        candle.intervalMs,
        candle.openedAtMs,
        candle.openTicks,
        candle.highTicks,
        candle.lowTicks,
        candle.closeTicks,
        candle.volumeLots,
        candle.quoteVolumeMinor,
        candle.tradeCount,
        batchNo,
      ]),
    },
    {
      table: 'market_states',
      columns: 'market_id, status, seq, places, trade_no, last_price_ticks, batch_no',
      rows: batch.marketStates.map((state) => [
        state.marketId,
        state.status,
        state.seq,
        state.places,
        state.tradeNo,
        state.lastPriceTicks,
        batchNo,
      ]),
    },
    { table: 'account_streams', rows: frames.map((frame) => [frame.accountId, frame.sequence, batchNo]) },
    {
      table: 'account_events',
      rows: frames.map((frame) => [frame.accountId, frame.sequence, batchNo, Buffer.from(frame.payload)]),
    },
  ];
}

/** Writes the rows in one transaction. */
export async function insertPlainly(client: Client, tables: readonly TableRows[]): Promise<void> {
  await client.query('begin');
  for (const { table, columns, rows } of tables) {
    const [first] = rows;
    if (first === undefined) continue;
    const rowsAtOnce = Math.floor(MAX_PARAMETERS / first.length);
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const part = rows.slice(from, from + rowsAtOnce);
      await client.query(
        `insert into plain.${table} ${columns === undefined ? '' : `(${columns})`} values ${placeholders(part.length, first.length)}`,
        part.flat(),
      );
    }
  }
  await client.query('commit');
}

function placeholders(rows: number, columns: number): string {
  const row = (index: number) =>
    `(${Array.from({ length: columns }, (_, column) => `$${index * columns + column + 1}`).join(',')})`;
  return Array.from({ length: rows }, (_, index) => row(index)).join(',');
}

function openOrderValues(order: Order): unknown[] {
  return [
    order.accountId,
    order.orderNo,
    order.marketId,
    order.priority,
    sideCode.of(order.side),
    order.priceTicks,
    order.quantityLots,
    order.filledLots,
    order.filledQuoteMinor,
    order.feeMinor,
    order.holdMinor,
    order.makerFeePpm,
    order.takerFeePpm,
    order.postOnly,
    order.clientOrderId,
    order.requestDigest,
    order.createdAtMs,
    order.updatedAtMs,
  ];
}

function endedOrderValues(order: Order): unknown[] {
  return [
    order.accountId,
    order.orderNo,
    order.marketId,
    sideCode.of(order.side),
    typeCode.of(order.type),
    timeInForceCode.of(order.timeInForce),
    order.postOnly,
    order.priceTicks,
    order.quantityLots,
    order.quoteBudget,
    order.filledLots,
    order.filledQuoteMinor,
    order.feeMinor,
    order.makerFeePpm,
    order.takerFeePpm,
    statusCode.of(order.status),
    reasonCode.of(order.reason),
    order.clientOrderId,
    order.requestDigest,
    order.createdAtMs,
    order.updatedAtMs,
  ];
}
