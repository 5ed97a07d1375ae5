import type { CommonQueryMethods } from 'slonik';
import type { Exchange } from '../../actors/ports.ts';
import { findWithdrawalObstacles } from '../../db/withdrawal-holds.ts';
import { sumWithdrawn } from '../../db/withdrawal-risk.ts';
import { formatDecimal, parseDecimal } from '../../domain/money.ts';
import { isoTime } from '../../domain/views.ts';
import { LIMIT_WINDOW_MS } from '../../domain/withdrawals/recent-withdrawals.ts';

/** How much somebody may withdraw, and whether he may at all. */
export async function presentLimits(
  db: CommonQueryMethods,
  { catalog, withdrawals }: Exchange,
  who: { readonly userId: number; readonly accountId: number },
  nowMs: number,
) {
  const { policy, paused } = withdrawals.state();
  const used = await sumWithdrawn(db, who.accountId, nowMs - LIMIT_WINDOW_MS);
  const obstacles = await findWithdrawalObstacles(db, who.userId, nowMs);
  const scale = catalog().asset(policy.valuationAsset)?.scale ?? 0;
  const value = used.reduce((sum, { valueMinor }) => sum + valueMinor, 0n);
  return {
    valuationAsset: policy.valuationAsset,
    day: left(policy.accountDayLimit, value, scale),
    assets: catalog().assets.map((asset) => {
      const ofAsset = used.find(({ assetId }) => assetId === asset.id)?.amountMinor ?? 0n;
      return {
        asset: asset.symbol,
        ...left(policy.assetDayLimits[asset.symbol] ?? null, ofAsset, asset.scale),
      };
    }),
    paused: paused !== null,
    frozen: obstacles.frozen,
    heldUntil: obstacles.heldUntilMs === null ? null : isoTime(obstacles.heldUntilMs),
  };
}

function left(limit: string | null, usedMinor: bigint, scale: number) {
  const most = limit === null ? undefined : parseDecimal(limit, scale);
  const restMinor = most?.ok === true ? most.value - usedMinor : null;
  return {
    limit,
    used: formatDecimal(usedMinor, scale),
    remaining: restMinor === null ? null : formatDecimal(restMinor > 0n ? restMinor : 0n, scale),
  };
}
