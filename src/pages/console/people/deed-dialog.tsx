import { type FormEvent, useState } from 'react';
import { ROLES } from '../../../domain/roles.ts';
import { describeFailure } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { say } from '../../design/toasts.tsx';
import { useStepUpInPlace } from '../../sign-in/use-step-up.tsx';

export type Deed = 'freeze' | 'unfreeze' | 'end-sessions' | 'role';

const TITLES: Readonly<Record<Deed, string>> = Object.freeze({
  freeze: 'Freeze the account of',
  unfreeze: 'End the freeze of',
  'end-sessions': 'End all sessions of',
  role: 'Give a role to',
});

/** Asks why, and does it. */
export function DeedDialog({
  deed,
  userId,
  email,
  onClose,
  onDone,
}: {
  readonly deed: Deed;
  readonly userId: string;
  readonly email: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [reason, setReason] = useState('');
  const [role, setRole] = useState<string>('viewer');
  const [cancelOrders, setCancelOrders] = useState(false);
  const [said, setSaid] = useState<string>();
  const [run, stepUp] = useStepUpInPlace((error) => setSaid(describeFailure(error)));

  async function act(): Promise<void> {
    setSaid(undefined);
    const more = deed === 'role' ? { role } : deed === 'freeze' ? { cancelOrders } : {};
    await post(`/v1/admin/users/${userId}/${deed}`, { reason, ...more });
    say('Done.');
    onDone();
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(act);
  };
  return (
    <Dialog title={`${TITLES[deed]} ${email}`} onClose={onClose}>
      {stepUp || (
        <form className="stack" onSubmit={submit}>
          {deed === 'role' && (
            <label className="field">
              <span className="label">Role</span>
              <select className="input" value={role} onChange={(event) => setRole(event.target.value)}>
                {ROLES.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </label>
          )}
          {deed === 'freeze' && (
            <label className="checkbox">
              <input
                type="checkbox"
                checked={cancelOrders}
                onChange={(event) => setCancelOrders(event.target.checked)}
              />
              Cancel all open orders too
            </label>
          )}
          <Field
            label="Why (for the audit log)"
            required
            minLength={3}
            autoFocus
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          {said !== undefined && (
            <p className="banner bad" role="alert">
              {said}
            </p>
          )}
          <button type="submit" className={deed === 'freeze' ? 'button danger' : 'button primary'}>
            Do it
          </button>
        </form>
      )}
    </Dialog>
  );
}
