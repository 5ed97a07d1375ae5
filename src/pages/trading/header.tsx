import { live } from '../api/live.ts';
import { session } from '../api/session.ts';
import { useLiveState, useNow, useSignedIn } from '../design/hooks.ts';
import { hrefOf, type Place, type Route } from './route.ts';

const SIGNED_IN: readonly (readonly [Place, string])[] = [
  ['trade', 'Trade'],
  ['wallet', 'Wallet'],
  ['account', 'Account'],
];

export function Header({ route }: { readonly route: Route }) {
  const isSignedIn = useSignedIn();
  const places = isSignedIn ? SIGNED_IN : SIGNED_IN.slice(0, 1);
  return (
    <header className="top">
      <a className="brand" href={hrefOf('trade')}>
        Bourse
      </a>
      <nav className="main-nav" aria-label="Main">
        {places.map(([place, title]) => (
          <a key={place} href={hrefOf(place)} aria-current={place === route.place ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <LiveSign />
      {isSignedIn ? (
        <button type="button" className="button small wide-only" onClick={() => session.signOut()}>
          Sign out
        </button>
      ) : (
        <span className="row nowrap">
          <a className="button small as-button" href={hrefOf('sign-in')}>
            Sign in
          </a>
          <a className="button small primary as-button wide-only" href={hrefOf('sign-up')}>
            Sign up
          </a>
        </span>
      )}
    </header>
  );
}

/** Whether what is shown is of now, and if not, of when. */
function LiveSign() {
  const state = useLiveState();
  const nowMs = useNow();
  const { staleSinceMs } = live;
  if (state === 'live')
    return (
      <span className="live-sign" role="status">
        <span className="dot" /> <span className="wide-only">Live</span>
      </span>
    );
  const seconds = staleSinceMs === undefined ? 0 : Math.max(0, Math.round((nowMs - staleSinceMs) / 1000));
  return (
    <span className="live-sign stale" role="status">
      <span className="dot stale" />
      {state === 'connecting' ? 'Connecting…' : `Reconnecting · prices ${seconds} s old`}
    </span>
  );
}
