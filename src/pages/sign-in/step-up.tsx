import { type FormEvent, useState } from 'react';
import { isAborted, stepUpAssertion } from '../api/passkeys.ts';
import { describeFailure } from '../api/problem.ts';
import { post } from '../api/request.ts';
import { Field } from '../design/field.tsx';

/** Shows the second factor again, for what takes a fresh one. */
export function StepUp({ onDone }: { readonly onDone: () => void }) {
  const [code, setCode] = useState('');
  const [said, setSaid] = useState<string>();

  async function show(factor: () => Promise<object>): Promise<void> {
    setSaid(undefined);
    try {
      await post('/v1/auth/step-up', await factor());
      onDone();
    } catch (error) {
      if (!isAborted(error)) setSaid(describeFailure(error));
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void show(async () => ({ code: code.trim() }));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>This takes your second factor once more.</p>
      <Field
        label="Code of your authenticator, or a recovery code"
        autoComplete="one-time-code"
        autoFocus
        value={code}
        wrong={said}
        onChange={(event) => setCode(event.target.value)}
      />
      <div className="row">
        <button type="submit" className="button primary" disabled={code === ''}>
          Go on
        </button>
        <button
          type="button"
          className="button"
          onClick={() => show(async () => ({ passkey: await stepUpAssertion() }))}
        >
          Use a passkey
        </button>
      </div>
    </form>
  );
}
