import { type FormEvent, useState } from 'react';
import { isAborted, signWithPasskey } from '../../api/passkeys.ts';
import { describeFailure, Problem } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { say } from '../../design/toasts.tsx';
import { useKeys } from '../keys.ts';
import { hashToSign } from './signed-text.ts';
import type { WithdrawalInFull } from './types.ts';
import { WHY_NOT_WORDS } from './words.ts';

/** Approves or rejects, by a passkey's signature over the hash of what is shown. */
export function Decide({
  value,
  onDecided,
}: {
  readonly value: WithdrawalInFull;
  readonly onDecided: () => void;
}) {
  const { withdrawal: one } = value;
  const [isRejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const path = `/v1/admin/withdrawals/${one.id}`;

  async function decide(decision: 'approve' | 'reject', more: object): Promise<void> {
    setBusy(true);
    setSaid(undefined);
    try {
      const hash = await hashToSign(value, decision);
      const options = await post(`${path}/approval-options`, { decision });
      // Nobody signs what he has not seen, not even to be refused.
      if (options.challenge !== hash)
        throw new Problem(409, 'approval_mismatch', 'It is not what is shown that would be signed.');
      const passkey = await signWithPasskey(options);
      const { withdrawal } = await post(`${path}/${decision}`, { payloadHash: hash, passkey, ...more });
      say(
        decision === 'reject'
          ? 'It is rejected.'
          : withdrawal.status === 'awaiting_approval'
            ? 'Your approval counts; others are missing.'
            : 'It is approved, and goes on its way.',
      );
      setRejecting(false);
      onDecided();
    } catch (error) {
      if (isAborted(error)) setSaid('Nothing was signed.');
      else setSaid(wordsOf(error));
      if (error instanceof Problem && error.code === 'approval_mismatch') onDecided();
    } finally {
      setBusy(false);
    }
  }

  const approve = () => void decide('approve', {});
  useKeys(one.mayApprove && !isBusy ? { a: approve, r: () => setRejecting(true) } : {});
  if (!one.mayApprove) return <p className="soft">{WHY_NOT_WORDS[one.whyNot ?? ''] ?? one.whyNot}</p>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void decide('reject', { reason });
  };
  return (
    <div className="stack">
      {said !== undefined && (
        <p className="banner bad" role="alert">
          {said}
        </p>
      )}
      <div className="row">
        <button type="button" className="button primary" disabled={isBusy} onClick={approve}>
          Approve with passkey <kbd className="wide-only">a</kbd>
        </button>
        <button type="button" className="button danger" disabled={isBusy} onClick={() => setRejecting(true)}>
          Reject <kbd className="wide-only">r</kbd>
        </button>
      </div>
      {isRejecting && (
        <Dialog title="Reject the withdrawal" onClose={() => setRejecting(false)}>
          <form className="stack" onSubmit={submit}>
            <p>It can’t be undone: its owner has to ask again. He sees what you write.</p>
            <Field
              label="Why"
              required
              minLength={3}
              maxLength={200}
              autoFocus
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
            <button type="submit" className="button danger" disabled={isBusy}>
              Reject with passkey
            </button>
          </form>
        </Dialog>
      )}
    </div>
  );
}

function wordsOf(error: unknown): string {
  if (error instanceof Problem && error.code === 'approval_mismatch')
    return 'It has changed since you looked at it: what you see now is how it is. Look again before you approve.';
  if (error instanceof Problem && error.code === 'no_passkey')
    return 'You have no passkey: add one (at the foot of the menu), or approve with a key from the command line.';
  return describeFailure(error);
}
