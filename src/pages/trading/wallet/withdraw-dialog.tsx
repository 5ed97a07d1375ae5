import { useState } from 'react';
import { Dialog } from '../../design/dialog.tsx';
import { useLoaded } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import type { MeInfo } from '../account/account-data.ts';
import { hrefOf } from '../route.ts';
import { ConfirmWithdrawal } from './confirm-withdrawal.tsx';
import type { NetworkInfo, WithdrawalInfo, WithdrawalLimits } from './wallet-data.ts';
import { WithdrawForm } from './withdraw-form.tsx';

/** Asks for a withdrawal, then confirms it with the second factor. @param waiting one that was asked for already */
export function WithdrawDialog({
  asset,
  available,
  networks,
  waiting,
  onClose,
}: {
  readonly asset: string;
  readonly available: string;
  readonly networks: readonly NetworkInfo[];
  readonly waiting?: WithdrawalInfo | undefined;
  readonly onClose: () => void;
}) {
  const { value: me } = useLoaded<MeInfo>('/v1/me');
  const { value: limits } = useLoaded<WithdrawalLimits>('/v1/withdrawals/limits');
  const [asked, setAsked] = useState(waiting);
  const hasFactor = me === undefined || me.secondFactor.totp || me.secondFactor.passkeys > 0;
  return (
    <Dialog title={`Withdraw ${asset}`} onClose={onClose}>
      {!hasFactor && (
        <p className="banner">
          A withdrawal takes a second factor, and you have none. <a href={hrefOf('account')}>Set one up</a>{' '}
          first.
        </p>
      )}
      {limits?.paused === true && (
        <p className="banner">Withdrawals are paused at the moment. What you ask for waits.</p>
      )}
      {limits !== undefined && limits.heldUntil !== null && (
        <p className="banner">
          Your sign-in was changed: nothing is withdrawn until {showDate(limits.heldUntil)}.
        </p>
      )}
      {hasFactor && asked === undefined && (
        <WithdrawForm
          asset={asset}
          available={available}
          networks={networks}
          limits={limits}
          onAsked={setAsked}
        />
      )}
      {hasFactor && asked !== undefined && (
        <ConfirmWithdrawal withdrawal={asked} factors={me?.secondFactor} onDone={onClose} />
      )}
    </Dialog>
  );
}
