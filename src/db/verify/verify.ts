import { type CommonQueryMethods, type DatabasePool, sql } from 'slonik';
import type { Check, Finding } from './check.ts';
import { auditChain } from './checks/audit-chain.ts';
import { booksNotCrossed } from './checks/books-not-crossed.ts';
import { depositsPosted } from './checks/deposits-posted.ts';
import { entriesBalance } from './checks/entries-balance.ts';
import { entryNumbers } from './checks/entry-numbers.ts';
import { feesFollowRates } from './checks/fees-follow-rates.ts';
import { holdsCoverOrders } from './checks/holds-cover-orders.ts';
import { lockedEqualsHolds } from './checks/locked-equals-holds.ts';
import { logChain } from './checks/log-chain.ts';
import { minuteCandles } from './checks/minute-candles.ts';
import { moneyConserved } from './checks/money-conserved.ts';
import { networkCostsPosted } from './checks/network-costs-posted.ts';
import { ordersEndOnce } from './checks/orders-end-once.ts';
import { ordersEqualTrades } from './checks/orders-equal-trades.ts';
import { pendingEqualsLeaving } from './checks/pending-equals-leaving.ts';
import { privateStreams } from './checks/private-streams.ts';
import { queuePlaces } from './checks/queue-places.ts';
import { tradeNumbers } from './checks/trade-numbers.ts';
import { tradedVolumes } from './checks/traded-volumes.ts';
import { tradesPosted } from './checks/trades-posted.ts';
import { walletsEqualPostings } from './checks/wallets-equal-postings.ts';
import { wideCandles } from './checks/wide-candles.ts';
import { withdrawalsFollowEvents } from './checks/withdrawals-follow-events.ts';
import { withdrawalsPosted } from './checks/withdrawals-posted.ts';

/** In the order of what matters most: money first. */
export const CHECKS: readonly Check[] = Object.freeze([
  entriesBalance,
  walletsEqualPostings,
  moneyConserved,
  depositsPosted,
  withdrawalsPosted,
  pendingEqualsLeaving,
  withdrawalsFollowEvents,
  networkCostsPosted,
  tradesPosted,
  feesFollowRates,
  lockedEqualsHolds,
  holdsCoverOrders,
  ordersEqualTrades,
  ordersEndOnce,
  booksNotCrossed,
  queuePlaces,
  tradeNumbers,
  entryNumbers,
  minuteCandles,
  wideCandles,
  tradedVolumes,
  privateStreams,
  logChain,
  auditChain,
]);

export interface CheckResult extends Finding {
  readonly name: string;
  readonly title: string;
  readonly subject: string;
  readonly ok: boolean;
  readonly elapsedMs: number;
}

/**
 * Proves what must hold after every commit, reading one snapshot of the database: it may run beside a trading
 * exchange. `statementTimeoutMs` of the pool must allow for a scan of the largest table.
 * @param onResult called after each check, for a line of progress
 * @throws the error of the database when it can't be read
 */
export function verify(
  pool: DatabasePool,
  onResult: (result: CheckResult) => void = () => {},
): Promise<readonly CheckResult[]> {
  return pool.transaction(async (snapshot) => {
    await snapshot.query(sql.unsafe`set transaction isolation level repeatable read, read only`);
    // Sums over millions of rows: in memory rather than in temporary files, as far as that goes.
    await snapshot.query(sql.unsafe`set local work_mem = '128MB'`);
    return runChecks(snapshot, onResult);
  });
}

/** All checks, one after the other, in the transaction that the caller has open. */
export async function runChecks(
  db: CommonQueryMethods,
  onResult: (result: CheckResult) => void = () => {},
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of CHECKS) {
    const startedAt = performance.now();
    const finding = await check.run(db);
    const { name, title, subject } = check;
    const result = {
      name,
      title,
      subject,
      ...finding,
      ok: finding.offenders.length === 0,
      elapsedMs: Math.round(performance.now() - startedAt),
    };
    results.push(result);
    onResult(result);
  }
  return results;
}
