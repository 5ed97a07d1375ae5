import { type FormEvent, useState } from 'react';
import { isAborted, signWithPasskey } from '../api/passkeys.ts';
import { describeFailure } from '../api/problem.ts';
import { post } from '../api/request.ts';
import type { Challenge, Tokens } from '../api/session.ts';
import { Field } from '../design/field.tsx';

/** The second step of a sign-in. */
export function SecondFactorForm({
  challenge: { challenge, factors },
  onSignedIn,
  onBack,
}: {
  readonly challenge: Challenge;
  readonly onSignedIn: (tokens: Tokens) => void;
  readonly onBack: () => void;
}) {
  const [code, setCode] = useState('');
  const [said, setSaid] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const takesCode = factors.some((factor) => factor !== 'passkey');

  async function show(factor: () => Promise<object>): Promise<void> {
    setBusy(true);
    setSaid(undefined);
    try {
      onSignedIn(await post<Tokens>('/v1/auth/second-factor', { challenge, ...(await factor()) }));
    } catch (error) {
      if (!isAborted(error)) setSaid(describeFailure(error));
    } finally {
      setBusy(false);
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void show(async () => ({ code: code.trim() }));
  };
  const withPasskey = () =>
    show(async () => ({
      passkey: await signWithPasskey(await post('/v1/auth/second-factor/options', { challenge })),
    }));
  return (
    <form className="stack" onSubmit={submit}>
      <p>One more step: show your second factor.</p>
      {takesCode && (
        <Field
          label="Code of your authenticator, or a recovery code"
          autoComplete="one-time-code"
          autoFocus
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      )}
      {said !== undefined && (
        <p className="banner bad" role="alert">
          {said}
        </p>
      )}
      {takesCode && (
        <button type="submit" className="button primary wide" disabled={isBusy}>
          Go on
        </button>
      )}
      {factors.includes('passkey') && (
        <button type="button" className="button wide" disabled={isBusy} onClick={withPasskey}>
          Use a passkey
        </button>
      )}
      <button type="button" className="link" onClick={onBack}>
        Back
      </button>
    </form>
  );
}
