import { show } from '../../api/decimals.ts';
import { post } from '../../api/request.ts';
import { Shortened } from '../../design/shortened.tsx';
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
          <th>Amount</th>
          <th>To</th>
          <th>Status</th>
          <th>
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {withdrawals.map((withdrawal) => (
          <tr key={withdrawal.id}>
            <td>
              <strong>
                {show(withdrawal.amount)} {withdrawal.asset}
              </strong>
              <div className="soft">{showDate(withdrawal.requestedAt)}</div>
            </td>
            <td>
              <Shortened text={withdrawal.address} what="address" />
              {withdrawal.txId !== null && (
                <div className="soft">
                  in <Shortened text={withdrawal.txId} what="transaction" />
                </div>
              )}
            </td>
            <td>
              <span className={tagOf(withdrawal.status)}>{describeWithdrawal(withdrawal)}</span>
              {withdrawal.status === 'held' && (
                <div className="soft">until {showDate(withdrawal.heldUntil)}</div>
              )}
              {withdrawal.reason !== null && (
                <div className="soft">{withdrawal.reason.replaceAll('_', ' ')}</div>
              )}
            </td>
            <td className="num">
              <span className="row-actions">
                {withdrawal.status === 'requested' && (
                  <button
                    type="button"
                    className="button small primary"
                    aria-label={`Confirm withdrawal ${withdrawal.id}`}
                    onClick={() => onConfirm(withdrawal)}
                  >
                    Confirm
                  </button>
                )}
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
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
