import { show } from '../../api/decimals.ts';
import { post } from '../../api/request.ts';
import { showDate } from '../../design/time.ts';
import { say, sayFailure } from '../../design/toasts.tsx';
import { useAccount } from '../account-feed.ts';
import type { WithdrawalInfo } from './wallet-data.ts';
import { describeWithdrawal, mayCancel, tagOf } from './withdrawal-words.ts';

/** Withdrawals and how they stand, live. */
export function WithdrawalsList({ onConfirm }: { readonly onConfirm: (withdrawal: WithdrawalInfo) => void }) {
  const { withdrawals } = useAccount();
  async function cancel({ id }: WithdrawalInfo): Promise<void> {
    try {
      await post(`/v1/withdrawals/${id}/cancel`);
      say('Your withdrawal is canceled.');
    } catch (error) {
      sayFailure(error);
    }
  }
  if (withdrawals === undefined) return <p className="pad soft">Loading…</p>;
  if (withdrawals.length === 0) return <p className="pad soft">You have not withdrawn anything yet.</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Asked for</th>
          <th className="num">Arrives</th>
          <th>To</th>
          <th>Status</th>
          <th>Transaction</th>
          <th>
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {withdrawals.map((withdrawal) => (
          <tr key={withdrawal.id}>
            <td className="soft nowrap">{showDate(withdrawal.requestedAt)}</td>
            <td className="num">
              {show(withdrawal.amount)} {withdrawal.asset}
            </td>
            <td className="mono">{withdrawal.address}</td>
            <td>
              <span className={tagOf(withdrawal.status)}>{describeWithdrawal(withdrawal)}</span>
              {withdrawal.status === 'held' && (
                <div className="soft">until {showDate(withdrawal.heldUntil)}</div>
              )}
              {withdrawal.reason !== null && (
                <div className="soft">{withdrawal.reason.replaceAll('_', ' ')}</div>
              )}
            </td>
            <td className="mono">{withdrawal.txId ?? '–'}</td>
            <td className="num nowrap">
              {withdrawal.status === 'requested' && (
                <button
                  type="button"
                  className="button small primary"
                  aria-label={`Confirm withdrawal ${withdrawal.id}`}
                  onClick={() => onConfirm(withdrawal)}
                >
                  Confirm
                </button>
              )}{' '}
              {mayCancel(withdrawal.status) && (
                <button
                  type="button"
                  className="button small"
                  aria-label={`Cancel withdrawal ${withdrawal.id}`}
                  onClick={() => cancel(withdrawal)}
                >
                  Cancel
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
