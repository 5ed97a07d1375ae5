import { useEffect } from 'react';
import { show } from '../../api/decimals.ts';
import { useLoaded } from '../../design/hooks.ts';
import { Shortened } from '../../design/shortened.tsx';
import { showDate } from '../../design/time.ts';
import { useAccount } from '../account-feed.ts';
import type { DepositInfo } from './wallet-data.ts';

/** Confirmations come a block at a time, and no channel tells them. */
const LOOK_MS = 4_000;

const WORDS: Readonly<Record<string, readonly [word: string, tag: string]>> = {
  pending: ['pending', 'tag warn'],
  credited: ['credited', 'tag good'],
  below_minimum: ['below the minimum', 'tag bad'],
  orphaned: ['undone by the network', 'tag bad'],
};

/** Deposits over networks, those that still wait for confirmations too. */
export function DepositsList() {
  const { value, reload } = useLoaded<{ items: readonly DepositInfo[] }>('/v1/deposits?limit=50');
  const { balances } = useAccount();
  useEffect(() => {
    const timer = setInterval(() => document.hidden || void reload(), LOOK_MS);
    return () => clearInterval(timer);
  }, [reload]);
  useEffect(() => void reload(), [reload, balances]);
  if (value === undefined) return <p className="pad soft">Loading…</p>;
  if (value.items.length === 0) return <p className="pad soft">Nothing has arrived yet.</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Amount</th>
          <th>In</th>
          <th>Status</th>
        </tr>
      </thead>
      <tbody>
        {value.items.map((deposit) => {
          const [word, tag] = WORDS[deposit.status] ?? [deposit.status, 'tag'];
          return (
            <tr key={deposit.id}>
              <td>
                <strong>
                  {show(deposit.amount)} {deposit.asset}
                </strong>
                <div className="soft">{showDate(deposit.detectedAt)}</div>
              </td>
              <td>
                <Shortened text={deposit.txId} what="transaction" />
                <div className="soft">{deposit.network}</div>
              </td>
              <td>
                <span className={tag}>{word}</span>
                {deposit.status === 'pending' && (
                  <span className="soft">
                    {' '}
                    {deposit.confirmations ?? 0} of {deposit.requiredConfirmations ?? '?'}
                  </span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
