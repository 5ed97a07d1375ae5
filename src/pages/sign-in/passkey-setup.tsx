import { type FormEvent, useState } from 'react';
import { isAborted, makePasskey } from '../api/passkeys.ts';
import { describeFailure } from '../api/problem.ts';
import { post } from '../api/request.ts';
import { session, type Tokens } from '../api/session.ts';
import { Field } from '../design/field.tsx';
import { say } from '../design/toasts.tsx';
import { useStepUpInPlace } from './use-step-up.tsx';

interface Added {
  readonly session: Tokens;
  /** Only with the first factor. */
  readonly recoveryCodes: readonly string[] | null;
}

/** Adds a passkey. It ends every other session, and with the first factor gives recovery codes to be kept. */
export function PasskeySetup({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [said, setSaid] = useState<string>();
  const [run, stepUp] = useStepUpInPlace((error) => {
    if (!isAborted(error)) setSaid(describeFailure(error));
  });
  const [codes, setCodes] = useState<readonly string[]>();

  async function add(): Promise<void> {
    setSaid(undefined);
    const attestation = await makePasskey(await post('/v1/me/passkeys/options', { password }));
    const added = await post<Added>('/v1/me/passkeys', { name, attestation });
    session.replace(added.session);
    say('The passkey is added.');
    if (added.recoveryCodes === null || added.recoveryCodes.length === 0) onDone();
    else setCodes(added.recoveryCodes);
  }

  if (codes !== undefined)
    return (
      <div className="stack">
        <p>Keep these recovery codes: each is good once, in the place of a second factor.</p>
        <pre className="mono">{codes.join('\n')}</pre>
        <button type="button" className="button primary" onClick={onDone}>
          I have kept them
        </button>
      </div>
    );
  if (stepUp) return stepUp;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(add);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label="Name, for yourself"
        required
        maxLength={64}
        placeholder="security key at the office"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label="Your password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        wrong={said}
        onChange={(event) => setPassword(event.target.value)}
      />
      <button type="submit" className="button primary">
        Add a passkey
      </button>
    </form>
  );
}
