import { type FragmentSqlToken, type QuerySqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { SettlementBatch } from '../domain/settlement.ts';
import { updatePolicies } from './account-policies.ts';
import { mergeCandleRows } from './candles.ts';
import { slices, texts, values } from './columns.ts';
import { setCountdowns } from './countdowns.ts';
import { insertPreventions } from './prevented-matches.ts';
import { addVolumes, insertDeposits, insertPostings, insertTrades, updateWallets } from './settle-money.ts';
import { deleteOpenOrders, insertEndedOrders, insertOpenOrders, updateOpenOrders } from './settle-orders.ts';

const whole = z.bigint().transform(Number);
/** Nothing but nulls when the batch touched no account. */
const frameRow = z.object({
  accountId: whole.nullable(),
  sequence: whole.nullable(),
  tail: z.string().nullable(),
});

/**
 * Everything that a batch writes, as one statement. Each part takes its rows by way of `fence`, which is empty unless epoch
 * and batch number are what the writer believes: then no part writes anything, and the statement answers no row.
 * No row is written by two parts, since all of them see the tables as they were before.
 *
 * Its text is always the same, so that each connection parses and plans it once.
 * @param heads of the frames of these accounts
 */
export function settleStatement(
  batch: SettlementBatch,
  accountIds: readonly number[],
  heads: readonly Uint8Array[],
): QuerySqlToken<typeof frameRow> {
  return sql.prepared('settle', frameRow)`
    with fence as (${advanceFence(batch)}),
    new_log as (${insertLog(batch)}),
    opened as (${insertOpenOrders(batch.opened)}),
    changed as (${updateOpenOrders(batch.changed)}),
    closed as (${deleteOpenOrders(batch.closed)}),
    ended as (${insertEndedOrders(batch.ended)}),
    new_trades as (${insertTrades(batch.trades)}),
    new_postings as (${insertPostings(batch.postings)}),
    new_deposits as (${insertDeposits(batch.deposits)}),
    new_preventions as (${insertPreventions(batch.preventions)}),
    policies as (${updatePolicies(batch.policies)}),
    countdowns as (${setCountdowns(batch.countdowns)}),
    new_volumes as (${addVolumes(batch.volumes)}),
    new_candles as (${mergeCandleRows(batch.candles)}),
    states as (${updateMarketStates(batch.marketStates)}),
    changed_wallets as (${updateWallets(batch.wallets)}),
    numbered as (${numberFrames(accountIds)}),
    frames as (${composeFrames(accountIds, heads)}),
    new_events as (
      insert into account_events (account_id, seq, batch_no, payload)
      select account_id, seq, ${batch.batchNo}::bigint, head || convert_to(tail, 'UTF8') from frames
    )
    select f.account_id as "accountId", f.seq as sequence, f.tail
    from fence left join frames f on true
    where must_hold((select count(*) from changed) = ${batch.changed.length}::bigint, 'open orders that changed')
      and must_hold((select count(*) from closed) = ${batch.closed.length}::bigint, 'open orders that ended')
      and must_hold((select count(*) from states) = ${batch.marketStates.length}::bigint, 'market states')
      and must_hold((select count(*) from changed_wallets) = ${batch.wallets.length}::bigint, 'wallets')`;
}

/** Takes the row lock that keeps writers apart. */
function advanceFence({ epoch, batchNo, lastEntryNo, log }: SettlementBatch): FragmentSqlToken {
  return sql.fragment`
    update exchange_state
    set batch_no = ${batchNo}, entry_no = ${lastEntryNo}, log_hash = ${sql.binary(Buffer.from(log.hash))}
    where epoch = ${epoch} and batch_no = ${batchNo - 1}
    returning epoch`;
}

function insertLog({ batchNo, committedAtMs, log }: SettlementBatch): FragmentSqlToken {
  return sql.fragment`
    insert into message_log (batch_no, epoch, committed_at_ms, message_count, payload, hash)
    select ${batchNo}::bigint, epoch, ${committedAtMs}::bigint, ${log.messageCount}::int,
           ${sql.binary(Buffer.from(log.payload))}, ${sql.binary(Buffer.from(log.hash))}
    from fence`;
}

function updateMarketStates(states: SettlementBatch['marketStates']): FragmentSqlToken {
  return sql.fragment`
    update market_states m set
      status = s.status, seq = s.seq, places = s.places, auction_ends_at_ms = s.auction_ends_at_ms,
      auction_opens_as = s.auction_opens_as,
      breaker_from_trade_no = s.breaker_from_trade_no, trade_no = greatest(m.trade_no, s.trade_no),
      last_price_ticks = coalesce(s.last_price_ticks, m.last_price_ticks)
    from fence, unnest(
      ${values(states.map((state) => state.marketId))}::int[],
      ${texts(states.map((state) => state.status))}::text[],
      ${values(states.map((state) => state.seq))}::bigint[],
      ${values(states.map((state) => state.places))}::bigint[],
      ${values(states.map((state) => state.auctionEndsAtMs))}::bigint[],
      ${texts(states.map((state) => state.auctionOpensAs))}::text[],
      ${values(states.map((state) => state.breakerFromTradeNo))}::bigint[],
      ${values(states.map((state) => state.tradeNo))}::bigint[],
      ${values(states.map((state) => state.lastPriceTicks))}::bigint[]
    ) as s (
      market_id, status, seq, places, auction_ends_at_ms, auction_opens_as, breaker_from_trade_no, trade_no,
      last_price_ticks
    )
    where m.market_id = s.market_id
    returning m.market_id`;
}

/** Numbers the accounts' parts of the batch, so that a client can resume from any. */
function numberFrames(accountIds: readonly number[]): FragmentSqlToken {
  return sql.fragment`
    insert into account_streams (account_id, seq)
    select a.account_id, 1 from fence, unnest(${values(accountIds)}::bigint[]) as a (account_id)
    on conflict (account_id) do update set seq = account_streams.seq + 1
    returning account_id, seq`;
}

/**
 * The frames: their heads, and as tails the wallets that changed as they are now. What belongs to an account is brought
 * together by grouping, not by joins, which the planner could take for small and do row by row.
 */
function composeFrames(accountIds: readonly number[], heads: readonly Uint8Array[]): FragmentSqlToken {
  return sql.fragment`
    select account_id, max(seq) as seq, max(head) as head,
           coalesce(string_agg(balance, ',' order by asset_id), '') || ']}' as tail
    from (
      select account_id, seq, null::bytea as head, null::int as asset_id, null as balance from numbered
      union all
      select key, null, head, null, null from (${slices(accountIds, heads)}) as h (key, head)
      union all
      select w.account_id, null, null, w.asset_id, format(
        '{"asset":"%s","balance":"%s","locked":"%s","available":"%s"}', a.symbol,
        human_units(w.balance_minor, a.scale), human_units(w.locked_minor, a.scale),
        human_units(w.balance_minor - w.locked_minor, a.scale)
      )
      from changed_wallets w join assets a on a.id = w.asset_id
    ) as parts
    group by account_id
    having max(seq) is not null`;
}
