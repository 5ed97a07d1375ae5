import { useState } from 'react';
import { Dialog } from '../../design/dialog.tsx';
import { say } from '../../design/toasts.tsx';
import { TotpSetup } from '../../sign-in/totp-setup.tsx';
import type { MeInfo } from './account-data.ts';
import { NewRecoveryCodes } from './new-recovery-codes.tsx';
import { Passkeys } from './passkeys.tsx';
import { PasswordForm } from './password-form.tsx';
import { RemoveTotp } from './remove-totp.tsx';

/** How somebody signs in: password, authenticator, passkeys. */
export function Security({ me, onChanged }: { readonly me: MeInfo; readonly onChanged: () => void }) {
  const [open, setOpen] = useState<'totp' | 'remove-totp' | 'password' | 'recovery'>();
  const close = () => setOpen(undefined);
  const { totp, passkeys, recoveryCodesLeft } = me.secondFactor;
  const hasFactor = totp || passkeys > 0;
  return (
    <section className="card pad stack" aria-labelledby="security-title">
      <h2 id="security-title">Sign-in</h2>
      {!hasFactor && (
        <p className="banner">
          Add a second factor: an authenticator app or a passkey. Without one nothing can be withdrawn.
        </p>
      )}
      <ul className="lines">
        <li className="row spread">
          <div>
            <strong>Password</strong>
            <div className="soft">A new one ends all other sessions.</div>
          </div>
          <button type="button" className="button small" onClick={() => setOpen('password')}>
            {me.hasPassword ? 'Change' : 'Set one'}
          </button>
        </li>
        <li className="row spread">
          <div>
            <strong>Authenticator app</strong>{' '}
            <span className={totp ? 'tag good' : 'tag'}>{totp ? 'on' : 'off'}</span>
            <div className="soft">Six digits that change every 30 seconds.</div>
          </div>
          <button
            type="button"
            className={totp ? 'button small danger' : 'button small'}
            aria-label={totp ? 'Remove the authenticator app' : 'Set up an authenticator app'}
            onClick={() => setOpen(totp ? 'remove-totp' : 'totp')}
          >
            {totp ? 'Remove' : 'Set up'}
          </button>
        </li>
        <Passkeys onChanged={onChanged} />
        {hasFactor && (
          <li className="row spread">
            <div>
              <strong>Recovery codes</strong>
              <div className="soft">{recoveryCodesLeft} recovery codes left.</div>
            </div>
            <button
              type="button"
              className="button small"
              aria-label="Replace recovery codes"
              onClick={() => setOpen('recovery')}
            >
              Replace
            </button>
          </li>
        )}
      </ul>
      {open === 'password' && (
        <Dialog title={me.hasPassword ? 'Change the password' : 'Set a password'} onClose={close}>
          <PasswordForm
            hasPassword={me.hasPassword}
            onDone={() => {
              say('The password is changed. All other sessions are over.');
              close();
              onChanged();
            }}
          />
        </Dialog>
      )}
      {open === 'totp' && (
        <Dialog title="Set up an authenticator app" onClose={close}>
          <TotpSetup
            onDone={() => {
              say('The authenticator app is set up.');
              close();
              onChanged();
            }}
          />
        </Dialog>
      )}
      {open === 'recovery' && (
        <Dialog title="New recovery codes" onClose={close}>
          <NewRecoveryCodes
            onDone={() => {
              close();
              onChanged();
            }}
          />
        </Dialog>
      )}
      {open === 'remove-totp' && (
        <Dialog title="Remove the authenticator app" onClose={close}>
          <RemoveTotp
            hasPassword={me.hasPassword}
            onDone={() => {
              say('The authenticator app is removed.');
              close();
              onChanged();
            }}
          />
        </Dialog>
      )}
    </section>
  );
}
