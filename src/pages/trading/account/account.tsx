import { session } from '../../api/session.ts';
import { useLoaded } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import '../roomy.css';
import type { MeInfo } from './account-data.ts';
import { ApiKeys } from './api-keys.tsx';
import { FreezeAccount } from './freeze-account.tsx';
import { Identities } from './identities.tsx';
import { Security } from './security.tsx';
import { SecurityEvents } from './security-events.tsx';
import { Sessions } from './sessions.tsx';
import { useAfterSessionChange } from './use-after-session-change.ts';

/** Everything about somebody's sign-in. */
export function Account() {
  const { value: me, reload } = useLoaded<MeInfo>('/v1/me');
  useAfterSessionChange(reload);
  if (me === undefined) return <p className="pad soft">Loading…</p>;
  return (
    <main className="roomy stack">
      <div className="row spread">
        <div>
          <h1>{me.email}</h1>
          <p className="soft">Account {me.accountId}</p>
        </div>
        <button type="button" className="button narrow-only" onClick={() => session.signOut()}>
          Sign out
        </button>
      </div>
      {me.frozen && (
        <p className="banner bad">Your account is frozen. Nothing new is taken; write to the exchange.</p>
      )}
      {me.withdrawalsHeldUntil !== null && (
        <p className="banner">
          The sign-in was changed: nothing is withdrawn until {showDate(me.withdrawalsHeldUntil)}.
        </p>
      )}
      <div className="columns">
        <div className="stack">
          <Security me={me} onChanged={reload} />
          <ApiKeys hasPassword={me.hasPassword} />
        </div>
        <div className="stack">
          <Sessions />
          <Identities hasPassword={me.hasPassword} />
          {!me.frozen && <FreezeAccount onFrozen={reload} />}
          <SecurityEvents />
        </div>
      </div>
    </main>
  );
}
