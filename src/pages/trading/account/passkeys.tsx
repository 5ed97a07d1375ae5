import { useState } from 'react';
import { call } from '../../api/request.ts';
import { session, type Tokens } from '../../api/session.ts';
import { Dialog } from '../../design/dialog.tsx';
import { useLoaded } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import { say } from '../../design/toasts.tsx';
import { PasskeySetup } from '../../sign-in/passkey-setup.tsx';
import { useStepUp } from '../../sign-in/use-step-up.tsx';
import type { Items, PasskeyInfo } from './account-data.ts';

/** Somebody's passkeys, as lines of a list. */
export function Passkeys({ onChanged }: { readonly onChanged: () => void }) {
  const { value, reload } = useLoaded<Items<PasskeyInfo>>('/v1/me/passkeys');
  const [isAdding, setAdding] = useState(false);
  const [run, dialog] = useStepUp();
  const changed = () => {
    void reload();
    onChanged();
  };
  const remove = (id: string) =>
    run(async () => {
      session.replace(await call<Tokens>('DELETE', `/v1/me/passkeys/${id}`));
      say('The passkey is removed. All other sessions are over.');
      changed();
    });
  return (
    <>
      <li className="row spread">
        <div>
          <strong>Passkeys</strong>
          <div className="soft">Sign in with a finger, a face or a security key; a second factor too.</div>
        </div>
        <button
          type="button"
          className="button small"
          aria-label="Add passkey"
          onClick={() => setAdding(true)}
        >
          Add
        </button>
      </li>
      {value?.items.map(({ id, name, isSynced, createdAt, lastUsedAt }) => (
        <li key={id} className="row spread">
          <div>
            {name} {isSynced && <span className="tag">synced</span>}
            <div className="soft">
              Added {showDate(createdAt)},{' '}
              {lastUsedAt === null ? 'not used yet' : `last used ${showDate(lastUsedAt)}`}
            </div>
          </div>
          <button
            type="button"
            className="button small danger"
            aria-label={`Remove ${name}`}
            onClick={() => remove(id)}
          >
            Remove
          </button>
        </li>
      ))}
      {isAdding && (
        <Dialog title="Add a passkey" onClose={() => setAdding(false)}>
          <PasskeySetup
            onDone={() => {
              setAdding(false);
              changed();
            }}
          />
        </Dialog>
      )}
      {dialog}
    </>
  );
}
