import { useEffect, useState } from 'react';
import { useSignedIn } from '../../design/hooks.ts';
import { SignInForm } from '../../sign-in/sign-in-form.tsx';
import { goTo, hrefOf } from '../route.ts';
import { AskForMail } from './ask-for-mail.tsx';
import { Providers } from './providers.tsx';
import { SignUpForm } from './sign-up-form.tsx';

/** Where one comes in: signs up, or signs in. */
export function Door({ isNew }: { readonly isNew: boolean }) {
  const isSignedIn = useSignedIn();
  const [forgot, setForgot] = useState(false);
  useEffect(() => {
    if (isSignedIn) goTo('trade');
  }, [isSignedIn]);
  return (
    <main className="door">
      <section className="card door-card stack" aria-labelledby="door-title">
        <h1 id="door-title">{isNew ? 'Sign up' : forgot ? 'Choose a new password' : 'Sign in'}</h1>
        {isNew ? (
          <SignUpForm />
        ) : forgot ? (
          <AskForMail
            path="/v1/auth/password-resets"
            button="Send me a link"
            done="If somebody has this address, a link is on its way to it."
          />
        ) : (
          <>
            <SignInForm mayStay={true} />
            <Providers />
          </>
        )}
        <p className="row spread">
          {isNew ? (
            <a href={hrefOf('sign-in')}>I have an account</a>
          ) : (
            <>
              <a href={hrefOf('sign-up')}>Sign up</a>
              <button type="button" className="link" onClick={() => setForgot(!forgot)}>
                {forgot ? 'Back to sign in' : 'I forgot my password'}
              </button>
            </>
          )}
        </p>
      </section>
    </main>
  );
}
