import { type FragmentSqlToken, sql } from 'slonik';
import type { SettlementBatch } from '../domain/settlement.ts';
import { selfTradeCode } from './codes.ts';
import { values } from './columns.ts';

/** Sets trade group and self-trade prevention of accounts, and whether they are frozen. */
export function updatePolicies(policies: SettlementBatch['policies']): FragmentSqlToken {
  return sql.fragment`
    update accounts a set trade_group = p.trade_group, self_trade = p.self_trade, frozen = p.frozen
    from fence, unnest(
      ${values(policies.map(([accountId]) => accountId))}::bigint[],
      ${values(policies.map(([accountId, { tradeGroup }]) => (tradeGroup === accountId ? null : tradeGroup)))}::bigint[],
      ${values(policies.map(([, { selfTrade }]) => selfTradeCode.of(selfTrade)))}::int[],
      ${values(policies.map(([, { frozen }]) => frozen))}::boolean[]
    ) as p (account_id, trade_group, self_trade, frozen)
    where a.id = p.account_id
    returning a.id`;
}
