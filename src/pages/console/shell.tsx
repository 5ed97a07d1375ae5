import { useEffect, useState } from 'react';
import { live } from '../api/live.ts';
import { session } from '../api/session.ts';
import { Dialog } from '../design/dialog.tsx';
import { useLiveState } from '../design/hooks.ts';
import { say } from '../design/toasts.tsx';
import { PasskeySetup } from '../sign-in/passkey-setup.tsx';
import { KEYS, useKeys } from './keys.ts';
import type { Me } from './me.ts';
import { AuditLog } from './overview/audit-log.tsx';
import { Health } from './overview/health.tsx';
import { Markets } from './overview/markets.tsx';
import { Reconciliation } from './overview/reconciliation.tsx';
import { Users } from './people/users.tsx';
import { goTo, type Place, partsOf, usePlace } from './route.ts';
import { Queue } from './withdrawals/queue.tsx';

/**
 * The console of somebody who may see it: parts at the side, what is open in the middle.
 * @param onRefused he is told nothing any more: his factor is too old, or his role another
 */
export function Shell({ me, onRefused }: { readonly me: Me; readonly onRefused: () => void }) {
  const place = usePlace();
  const [showsKeys, setShowsKeys] = useState(false);
  const [addsPasskey, setAddsPasskey] = useState(false);
  const isStale = useLiveState() !== 'live';
  const parts = partsOf(me.role);
  const digits = parts.map(([part], index) => [String(index + 1), () => goTo(part)] as const);
  useKeys({ ...Object.fromEntries(digits), '?': () => setShowsKeys(true) });
  useEffect(
    () =>
      live.subscribe(
        { channel: 'operator' },
        ({ type, data }) => {
          if (type === 'alarm') say(`Alarm (${data.source}): ${data.detail}`, true);
        },
        undefined,
        onRefused,
      ),
    [onRefused],
  );
  return (
    <div className="console">
      <nav aria-label="Console">
        <span className="name">Bourse</span>
        {parts.map(([part, title]) => (
          <a key={part} href={`#/${part}`} aria-current={part === place.part ? 'page' : undefined}>
            {title}
          </a>
        ))}
        <div className="foot">
          <span role="status" title={isStale ? 'The connection is lost' : 'Live'}>
            <span className={isStale ? 'dot stale' : 'dot'} /> {isStale ? 'reconnecting' : 'live'}
          </span>
          <span className="who soft">
            {me.email}, {me.role}
          </span>
          <button type="button" className="button small wide-only" onClick={() => setShowsKeys(true)}>
            Keys <kbd>?</kbd>
          </button>
          <button type="button" className="button small" onClick={() => setAddsPasskey(true)}>
            Add passkey
          </button>
          <button type="button" className="button small" onClick={() => session.signOut()}>
            Sign out
          </button>
        </div>
      </nav>
      <main>
        {parts.some(([part]) => part === place.part) ? (
          <Content place={place} />
        ) : (
          <p className="card pad soft">Your role doesn’t look at this.</p>
        )}
      </main>
      {addsPasskey && (
        <Dialog title="Add a passkey" onClose={() => setAddsPasskey(false)}>
          <PasskeySetup onDone={() => setAddsPasskey(false)} />
        </Dialog>
      )}
      {showsKeys && (
        <Dialog title="Keys" onClose={() => setShowsKeys(false)}>
          <dl className="facts">
            {KEYS.map(([keys, what]) => (
              <div key={keys} style={{ display: 'contents' }}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      )}
    </div>
  );
}

function Content({ place: { part, id } }: { readonly place: Place }) {
  switch (part) {
    case 'withdrawals':
      return <Queue openId={id} />;
    case 'markets':
      return <Markets />;
    case 'users':
      return <Users openId={id} />;
    case 'reconciliation':
      return <Reconciliation />;
    case 'health':
      return <Health />;
    case 'audit':
      return <AuditLog />;
  }
}
