import { type FormEvent, type ReactNode, useState } from 'react';
import { isAborted, stepUpAssertion } from '../api/passkeys.ts';
import { describeFailure } from '../api/problem.ts';
import { Field } from '../design/field.tsx';

/** A form whose request carries a second factor: a code, or a passkey's signature. @param act sends it */
export function FactorForm({
  button,
  act,
  onDone,
  children,
}: {
  readonly button: string;
  readonly act: (factor: object) => Promise<unknown>;
  readonly onDone: () => void;
  readonly children?: ReactNode;
}) {
  const [code, setCode] = useState('');
  const [said, setSaid] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  async function send(factor: () => Promise<object>): Promise<void> {
    setBusy(true);
    setSaid(undefined);
    try {
      await act(await factor());
      onDone();
    } catch (error) {
      if (!isAborted(error)) setSaid(describeFailure(error));
    } finally {
      setBusy(false);
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(async () => ({ code: code.trim() }));
  };
  return (
    <form className="stack" onSubmit={submit}>
      {children}
      <Field
        label="Code of your authenticator, or a recovery code"
        autoComplete="one-time-code"
        value={code}
        wrong={said}
        onChange={(event) => setCode(event.target.value)}
      />
      <div className="row">
        <button type="submit" className="button primary" disabled={isBusy || code === ''}>
          {button}
        </button>
        <button
          type="button"
          className="button"
          disabled={isBusy}
          onClick={() => send(async () => ({ passkey: await stepUpAssertion() }))}
        >
          With a passkey
        </button>
      </div>
    </form>
  );
}
