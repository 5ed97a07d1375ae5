import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import { REMEMBERED_CLIENT_ORDER_IDS } from '../domain/accounts/client-order-ids.ts';
import { MARKET_STATUSES, type Market } from '../domain/markets/market.ts';
import type { Order } from '../domain/orders/order.ts';
import type { AccountSnapshot, MarketSnapshot } from '../domain/snapshots.ts';
import { selfTradeCode } from './codes.ts';
import { values } from './columns.ts';
import { openOrderColumns, orderRow } from './order-rows.ts';
import { loadRecentPrices } from './recent-prices.ts';
import { loadRestingOrders } from './resting-orders.ts';

/** What actors start from. All of it is read from tables whose size is that of the present, not of the past. */

const whole = z.union([z.bigint(), z.number()]).transform(Number);

const accountRow = z.object({
  batch_no: whole,
  next_order_no: whole,
  trade_group: whole,
  self_trade: whole,
  frozen: z.boolean(),
});
const walletRow = z.object({ asset_id: whole, available_minor: z.bigint() });
const clientOrderIdRow = z.object({ client_order_id: z.string(), request_digest: whole, order_no: whole });
const volumeRow = z.object({ quote_asset_id: whole, day: whole, volume_minor: z.bigint() });
const marketStateRow = z.object({
  market_id: whole,
  status: z.enum(MARKET_STATUSES),
  seq: whole,
  places: whole,
  auction_ends_at_ms: whole.nullable(),
  auction_opens_as: z.enum(['open', 'post_only']),
  breaker_from_trade_no: whole,
  trade_no: whole,
  last_price_ticks: whole.nullable(),
});

/** An account as of one commit; undefined when there is none with this number. */
export async function loadAccount(
  pool: DatabasePool,
  accountId: number,
  sinceDay: number,
): Promise<AccountSnapshot | undefined> {
  return pool.transaction(async (db) => {
    await db.query(sql.unsafe`set transaction isolation level repeatable read, read only`);
    const account = await db.maybeOne(sql.type(accountRow)`
      select s.batch_no, greatest(
        (select coalesce(max(order_no), 0) from orders where account_id = a.id),
        (select coalesce(max(order_no), 0) from open_orders where account_id = a.id)
      ) + 1 as next_order_no, coalesce(a.trade_group, a.id) as trade_group, a.self_trade, a.frozen
      from accounts a cross join exchange_state s
      where a.id = ${accountId} and a.kind in ('customer', 'treasury')`);
    if (account === null) return undefined;
    const wallets = await db.any(sql.type(walletRow)`
      select asset_id, balance_minor - locked_minor as available_minor from wallets where account_id = ${accountId}`);
    const openOrders = await db.any(sql.type(orderRow)`
      select ${openOrderColumns} from open_orders where account_id = ${accountId} order by order_no`);
    const volumes = await db.any(sql.type(volumeRow)`
      select quote_asset_id, day, volume_minor from account_volumes
      where account_id = ${accountId} and day >= ${sinceDay} order by day`);
    return {
      accountId,
      batchNo: account.batch_no,
      nextOrderNo: account.next_order_no,
      policy: {
        tradeGroup: account.trade_group,
        selfTrade: selfTradeCode.word(account.self_trade),
        frozen: account.frozen,
      },
      wallets: wallets.map((wallet) => [wallet.asset_id, wallet.available_minor] as const),
      openOrders,
      clientOrderIds: await loadClientOrderIds(db, accountId, openOrders),
      volumes: volumes.map((row) => [row.quote_asset_id, row.day, row.volume_minor] as const),
    };
  });
}

async function loadClientOrderIds(db: CommonQueryMethods, accountId: number, openOrders: readonly Order[]) {
  const ended = await db.any(sql.type(clientOrderIdRow)`
    select client_order_id, request_digest, order_no from (
      select client_order_id, request_digest, order_no from orders
      where account_id = ${accountId} order by order_no desc limit ${REMEMBERED_CLIENT_ORDER_IDS}
    ) latest where client_order_id is not null`);
  const ids = ended.map((row) => [row.client_order_id, row.request_digest, row.order_no] as const);
  for (const order of openOrders) {
    if (order.clientOrderId !== null) ids.push([order.clientOrderId, order.requestDigest, order.orderNo]);
  }
  return ids.sort((a, b) => a[2] - b[2]);
}

/** Markets with their resting orders by priority, as of one commit. */
export async function loadMarkets(
  pool: DatabasePool,
  markets: readonly Market[],
): Promise<Map<number, MarketSnapshot>> {
  return pool.transaction(async (db) => {
    await db.query(sql.unsafe`set transaction isolation level repeatable read, read only`);
    const marketIds = markets.map(({ id }) => id);
    const states = await db.any(sql.type(marketStateRow)`
      select market_id, status, seq, places, auction_ends_at_ms, auction_opens_as, breaker_from_trade_no, trade_no,
             last_price_ticks
      from market_states where market_id = any(${values(marketIds)}::int[])`);
    const orders = await loadRestingOrders(db, marketIds);
    const breakers = new Map(markets.map(({ id, breaker }) => [id, breaker]));
    const snapshots = new Map<number, MarketSnapshot>();
    for (const state of states) {
      const { market_id: marketId, status, seq, places, breaker_from_trade_no: breakerFromTradeNo } = state;
      const breaker = breakers.get(marketId) ?? null;
      snapshots.set(marketId, {
        marketId,
        status,
        seq,
        places,
        tradeNo: state.trade_no,
        lastPriceTicks: state.last_price_ticks,
        auctionEndsAtMs: state.auction_ends_at_ms,
        auctionOpensAs: state.auction_opens_as,
        breakerFromTradeNo,
        recentPrices:
          breaker === null
            ? []
            : await loadRecentPrices(db, marketId, breakerFromTradeNo, state.trade_no, breaker.windowMs),
        orders: orders.get(marketId) ?? [],
      });
    }
    return snapshots;
  });
}
