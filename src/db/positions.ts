import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { Market } from '../domain/markets/market.ts';
import { EMPTY_POSITION, foldTrade, type Position } from '../domain/pnl.ts';
import { texts, values } from './columns.ts';
import { tradesOfAccountAfter } from './fills-read.ts';

const minor = z.string().transform(BigInt);
const checkpointRow = z.strictObject({
  marketId: z.number(),
  entryNo: z.bigint().transform(Number),
  state: z.strictObject({ quantityMinor: minor, costMinor: minor, realisedMinor: minor }),
});

const TRADES_AT_ONCE = 5_000;

/**
 * The positions of an account as of now, by market: its checkpoints and the trades since, folded. How far it came is
 * kept for the next time, so that the cost follows what is new and not the whole history.
 */
export async function loadPositions(
  db: CommonQueryMethods,
  accountId: number,
  marketById: (id: number) => Market | undefined,
): Promise<ReadonlyMap<number, Position>> {
  const checkpoints = await db.any(sql.type(checkpointRow)`
    select market_id as "marketId", entry_no as "entryNo", state from position_checkpoints
    where account_id = ${accountId}`);
  const positions = new Map<number, Position>(checkpoints.map(({ marketId, state }) => [marketId, state]));
  // All checkpoints of an account are written together, with the same entry.
  let entryNo = checkpoints.reduce((last, checkpoint) => Math.max(last, checkpoint.entryNo), 0);
  for (;;) {
    const trades = await tradesOfAccountAfter(db, accountId, entryNo, TRADES_AT_ONCE);
    for (const trade of trades) {
      const market = marketById(trade.marketId);
      if (market === undefined) throw new Error(`trade in unknown market ${trade.marketId}`);
      const before = positions.get(market.id) ?? EMPTY_POSITION;
      positions.set(market.id, foldTrade(before, market, trade, accountId));
    }
    entryNo = trades.at(-1)?.entryNo ?? entryNo;
    if (trades.length > 0) await saveCheckpoints(db, accountId, entryNo, positions);
    if (trades.length < TRADES_AT_ONCE) return positions;
  }
}

/** Never back: another reader may be further. */
async function saveCheckpoints(
  db: CommonQueryMethods,
  accountId: number,
  entryNo: number,
  positions: ReadonlyMap<number, Position>,
): Promise<void> {
  const states = [...positions.values()].map((position) =>
    JSON.stringify(position, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  );
  await db.query(sql.unsafe`
    insert into position_checkpoints (account_id, market_id, entry_no, state)
    select ${accountId}::bigint, market_id, entry_no, state::jsonb
    from unnest(
      ${values([...positions.keys()])}::int[], ${values(states.map(() => entryNo))}::bigint[], ${texts(states)}::text[]
    ) as p (market_id, entry_no, state)
    order by market_id
    on conflict (account_id, market_id) do update set entry_no = excluded.entry_no, state = excluded.state
    where position_checkpoints.entry_no < excluded.entry_no`);
}
