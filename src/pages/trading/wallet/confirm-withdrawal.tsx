import { type FormEvent, useState } from 'react';
import { show } from '../../api/decimals.ts';
import { isAborted, signWithPasskey } from '../../api/passkeys.ts';
import { describeFailure } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { Field } from '../../design/field.tsx';
import { say, sayFailure } from '../../design/toasts.tsx';
import type { MeInfo } from '../account/account-data.ts';
import type { WithdrawalInfo } from './wallet-data.ts';

/** Shows once more what leaves and where to; the second factor makes it so. A passkey signs this withdrawal and no other. */
export function ConfirmWithdrawal({
  withdrawal: { id, asset, network, amount, fee, total, address },
  factors,
  onDone,
}: {
  readonly withdrawal: WithdrawalInfo;
  readonly factors: MeInfo['secondFactor'] | undefined;
  readonly onDone: () => void;
}) {
  const [code, setCode] = useState('');
  const [said, setSaid] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  async function confirm(factor: () => Promise<object>): Promise<void> {
    setBusy(true);
    setSaid(undefined);
    try {
      await post(`/v1/withdrawals/${id}/confirm`, await factor());
      say('Your withdrawal is confirmed.');
      onDone();
    } catch (error) {
      if (!isAborted(error)) setSaid(describeFailure(error));
    } finally {
      setBusy(false);
    }
  }
  async function cancel(): Promise<void> {
    try {
      await post(`/v1/withdrawals/${id}/cancel`);
      say('Your withdrawal is canceled.');
      onDone();
    } catch (error) {
      sayFailure(error);
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void confirm(async () => ({ code: code.trim() }));
  };
  const withPasskey = () =>
    confirm(async () => ({
      passkey: await signWithPasskey(await post(`/v1/withdrawals/${id}/confirm/options`)),
    }));
  return (
    <form className="stack" onSubmit={submit}>
      <p>Look at the address once more: what is paid can’t be taken back.</p>
      <dl className="sums">
        <dt>To</dt>
        <dd className="mono">{address}</dd>
        <dt>Network</dt>
        <dd>{network}</dd>
        <dt>Arrives</dt>
        <dd>
          <strong>
            {show(amount)} {asset}
          </strong>
        </dd>
        <dt>Fee</dt>
        <dd>
          {show(fee)} {asset}
        </dd>
        <dt>Leaves your account</dt>
        <dd>
          {show(total)} {asset}
        </dd>
      </dl>
      <Field
        label="Code of your authenticator, or a recovery code"
        autoComplete="one-time-code"
        autoFocus={factors?.passkeys === 0}
        value={code}
        wrong={said}
        onChange={(event) => setCode(event.target.value)}
      />
      <div className="row">
        <button type="submit" className="button primary" disabled={isBusy || code === ''}>
          Confirm
        </button>
        {factors !== undefined && factors.passkeys > 0 && (
          <button type="button" className="button" disabled={isBusy} onClick={withPasskey}>
            Confirm with a passkey
          </button>
        )}
        <button type="button" className="button danger" disabled={isBusy} onClick={cancel}>
          Cancel it
        </button>
      </div>
    </form>
  );
}
