import { type FormEvent, useState } from 'react';
import { isAborted, signWithPasskey } from '../api/passkeys.ts';
import { describeFailure } from '../api/problem.ts';
import { post } from '../api/request.ts';
import { type Challenge, session, type Tokens } from '../api/session.ts';
import { Field } from '../design/field.tsx';
import { SecondFactorForm } from './second-factor-form.tsx';

/** Signs in with password and second factor, or with a passkey alone. @param mayStay offers to stay signed in */
export function SignInForm({ mayStay }: { readonly mayStay: boolean }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [stays, setStays] = useState(false);
  const [challenge, setChallenge] = useState<Challenge>();
  const [said, setSaid] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  async function attempt(signIn: () => Promise<Tokens | Challenge>): Promise<void> {
    setBusy(true);
    setSaid(undefined);
    try {
      const answer = await signIn();
      if ('challenge' in answer) setChallenge(answer);
      else session.begin(answer, stays);
    } catch (error) {
      if (!isAborted(error)) setSaid(describeFailure(error));
    } finally {
      setBusy(false);
    }
  }

  if (challenge !== undefined)
    return (
      <SecondFactorForm
        challenge={challenge}
        onSignedIn={(tokens) => session.begin(tokens, stays)}
        onBack={() => setChallenge(undefined)}
      />
    );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(() => post('/v1/auth/login', { email, password }));
  };
  const withPasskey = async (): Promise<Tokens> =>
    post('/v1/auth/passkey', { assertion: await signWithPasskey(await post('/v1/auth/passkey/options')) });
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label="E-mail"
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Field
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {mayStay && (
        <label className="checkbox">
          <input type="checkbox" checked={stays} onChange={(event) => setStays(event.target.checked)} />
          Stay signed in in this browser
        </label>
      )}
      {said !== undefined && (
        <p className="banner bad" role="alert">
          {said}
        </p>
      )}
      <button type="submit" className="button primary wide" disabled={isBusy}>
        Sign in
      </button>
      <button type="button" className="button wide" disabled={isBusy} onClick={() => attempt(withPasskey)}>
        Sign in with a passkey
      </button>
    </form>
  );
}
