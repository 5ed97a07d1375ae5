import { useState } from 'react';
import { post } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { say, sayFailure } from '../../design/toasts.tsx';

/** For who thinks that somebody else has got in: stops everything at once. */
export function FreezeAccount({ onFrozen }: { readonly onFrozen: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [cancels, setCancels] = useState(true);
  async function freeze(): Promise<void> {
    try {
      await post('/v1/me/freeze', { cancelOrders: cancels });
      say('Your account is frozen.');
      setAsking(false);
      onFrozen();
    } catch (error) {
      sayFailure(error);
    }
  }
  return (
    <section className="card pad stack" aria-labelledby="freeze-title">
      <h2 id="freeze-title">Somebody else in your account?</h2>
      <p className="soft">
        Freeze it: no new orders, no withdrawals, until the exchange has spoken with you.
      </p>
      <div>
        <button type="button" className="button small danger" onClick={() => setAsking(true)}>
          Freeze my account
        </button>
      </div>
      {isAsking && (
        <Dialog title="Freeze my account" onClose={() => setAsking(false)}>
          <p>You can’t undo this yourself: only an operator ends it.</p>
          <label className="checkbox">
            <input type="checkbox" checked={cancels} onChange={(event) => setCancels(event.target.checked)} />
            Cancel my open orders too
          </label>
          <button type="button" className="button danger" onClick={freeze}>
            Freeze it now
          </button>
        </Dialog>
      )}
    </section>
  );
}
