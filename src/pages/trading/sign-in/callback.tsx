import { useEffect, useRef, useState } from 'react';
import { describeFailure, Problem } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { type Challenge, session, type Tokens } from '../../api/session.ts';
import { SecondFactorForm } from '../../sign-in/second-factor-form.tsx';
import { takeFlow } from './callback-handle.ts';

/** Where a provider sends a person back to: `/sign-in/callback`. */
export function Callback() {
  const [challenge, setChallenge] = useState<Challenge>();
  const [said, setSaid] = useState<string>();
  const hasBegun = useRef(false);
  useEffect(() => {
    // The handle is good once, and development renders twice.
    if (hasBegun.current) return;
    hasBegun.current = true;
    const flow = takeFlow();
    const callback = location.search;
    if (flow === undefined || callback === '')
      return setSaid('This sign-in was not begun here. Begin again.');
    const { handle, purpose } = flow;
    if (purpose === 'link') {
      post('/v1/me/identities/complete', { handle, callback }).then(
        () => location.replace('/#/account'),
        (error) => setSaid(describeFailure(error)),
      );
      return;
    }
    post<Tokens | Challenge>('/v1/auth/oidc/complete', { handle, callback }).then(
      (answer) => ('challenge' in answer ? setChallenge(answer) : enter(answer)),
      (error) => setSaid(describe(error)),
    );
  }, []);
  return (
    <main className="door">
      <section className="card door-card stack" aria-labelledby="door-title">
        <h1 id="door-title">Sign in</h1>
        {challenge !== undefined && (
          <SecondFactorForm challenge={challenge} onSignedIn={enter} onBack={leave} />
        )}
        {challenge === undefined && said === undefined && <p role="status">One moment…</p>}
        {said !== undefined && (
          <>
            <p className="banner bad" role="alert">
              {said}
            </p>
            <button type="button" className="button" onClick={leave}>
              Back to sign in
            </button>
          </>
        )}
      </section>
    </main>
  );
}

function enter(tokens: Tokens): void {
  session.begin(tokens, false);
  location.replace('/');
}

function leave(): void {
  location.replace('/#/sign-in');
}

function describe(error: unknown): string {
  if (error instanceof Problem && error.code === 'identity_not_linked')
    return 'This address has an account here. Sign in as usual, then link the provider in your account.';
  return describeFailure(error);
}
