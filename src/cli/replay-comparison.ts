import type { CommonQueryMethods } from 'slonik';
import {
  orderLine,
  policyLine,
  SetDigest,
  stateHash,
  tradeLine,
  withdrawalLine,
} from '../actors/replay/digest.ts';
import type { Replay } from '../actors/replay/replay.ts';
import {
  readEndedOrders,
  readMarketStates,
  readOpenOrders,
  readPolicies,
  readTrades,
  readWallets,
  readWithdrawals,
} from '../db/replay-source.ts';
import { isDefaultPolicy } from '../domain/accounts/admission.ts';
import type { Output } from './output.ts';

/**
 * Holds what was replayed against the tables.
 * @returns how many comparisons failed
 */
export async function compareWithDatabase(
  db: CommonQueryMethods,
  replayed: Replay,
  output: Output,
): Promise<number> {
  let differences = 0;
  const tell = (check: string, inLog: string, inDatabase: string) => {
    const ok = inLog === inDatabase;
    if (!ok) differences += 1;
    const text = ok
      ? `ok    ${check}: ${inLog}`
      : `FAIL  ${check}: the log gives ${inLog}, the database ${inDatabase}`;
    output.print(text, { check, ok, replayed: inLog, database: inDatabase });
  };
  const set = (digest: SetDigest) => `${digest.count} (digest ${digest.value})`;

  const trades = new SetDigest();
  for await (const trade of readTrades(db)) trades.add(tradeLine(trade));
  tell('trades', set(replayed.state.trades), set(trades));

  const ended = new SetDigest();
  for await (const order of readEndedOrders(db)) ended.add(orderLine(order));
  tell('ended orders', set(replayed.state.endedOrders), set(ended));

  const policies = new SetDigest();
  for (const { accountId, ...policy } of await readPolicies(db))
    if (!isDefaultPolicy(accountId, policy)) policies.add(policyLine(accountId, policy));
  tell('account policies', set(replayed.state.policies), set(policies));

  const withdrawals = new SetDigest();
  for await (const withdrawal of readWithdrawals(db)) withdrawals.add(withdrawalLine(withdrawal));
  tell('withdrawals', set(replayed.state.withdrawals), set(withdrawals));

  const present = replayed.state.present();
  const stored = {
    markets: await readMarketStates(db),
    books: await readOpenOrders(db),
    wallets: await readWallets(db),
  };
  const nothing = { markets: [], books: [], wallets: [] };
  const books = (state: typeof stored) =>
    stateHash({ ...nothing, markets: state.markets, books: state.books });
  const balances = (state: typeof stored) => stateHash({ ...nothing, wallets: state.wallets });
  tell(`books (${stored.books.length} orders)`, books(present), books(stored));
  tell(`balances (${stored.wallets.length} wallets)`, balances(present), balances(stored));
  tell('state hash', stateHash(present), stateHash(stored));
  return differences;
}
