import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { isOperator } from '../../domain/roles.ts';
import { describeFailure, Problem } from '../api/problem.ts';
import { get } from '../api/request.ts';
import { session } from '../api/session.ts';
import { useLoaded, useSignedIn } from '../design/hooks.ts';
import { Toasts } from '../design/toasts.tsx';
import { SignInForm } from '../sign-in/sign-in-form.tsx';
import { StepUp } from '../sign-in/step-up.tsx';
import { TotpSetup } from '../sign-in/totp-setup.tsx';
import './console.css';
import { type Me, MeContext } from './me.ts';
import { Shell } from './shell.tsx';

export function App() {
  const isSignedIn = useSignedIn();
  return (
    <>
      {isSignedIn ? <SignedIn /> : <SignIn />}
      <Toasts />
    </>
  );
}

function SignIn() {
  return (
    <main className="sign-in card pad stack">
      <h1>Bourse, operator console</h1>
      <SignInForm mayStay={false} />
    </main>
  );
}

function SignedIn() {
  const { value: me, error, reload } = useLoaded<Me>('/v1/me');
  const isSettingUp = useRef(false);
  // What the role allows is asked with each request; this only draws what may be of use.
  useEffect(() => session.onChange(() => void reload()), [reload]);
  const wantsFactor = useSyncExternalStore(
    (listener) => session.onChange(listener),
    () => session.wantsFactor,
  );
  // A refusal tells which it is: an old factor, or another role.
  const lookWhy = useCallback(() => void get('/v1/admin/health').then(reload, reload), [reload]);
  if (error !== undefined && me === undefined)
    return (
      <Notice title="The console can’t be opened">
        <p>{describeFailure(error)}</p>
        {error instanceof Problem && (
          <button type="button" className="button" onClick={reload}>
            Try again
          </button>
        )}
      </Notice>
    );
  if (me === undefined) return <p className="pad soft">Loading…</p>;
  if (!isOperator(me.role))
    return (
      <Notice title="This is for operators">
        <p>{me.email} is not an operator. An admin can give you a role.</p>
      </Notice>
    );
  if (!me.secondFactor.totp && me.secondFactor.passkeys === 0) isSettingUp.current = true;
  // Until its recovery codes are kept, not only until there is a factor.
  if (isSettingUp.current)
    return (
      <Notice title="Set up a second factor first">
        <p>Nobody operates the exchange with a password alone.</p>
        <TotpSetup
          onDone={() => {
            isSettingUp.current = false;
            void reload();
          }}
        />
      </Notice>
    );
  if (wantsFactor)
    return (
      <Notice title="Show your second factor again">
        <p>Operators show it every twelve hours.</p>
        <StepUp onDone={() => session.factorShown()} />
      </Notice>
    );
  return (
    <MeContext value={me}>
      <Shell me={me} onRefused={lookWhy} />
    </MeContext>
  );
}

function Notice({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <main className="sign-in card pad stack">
      <h1>{title}</h1>
      {children}
      <button type="button" className="link" onClick={() => session.signOut()}>
        Sign out
      </button>
    </main>
  );
}
