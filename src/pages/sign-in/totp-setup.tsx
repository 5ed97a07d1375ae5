import { type FormEvent, useState } from 'react';
import { encode } from 'uqr';
import { describeFailure } from '../api/problem.ts';
import { post } from '../api/request.ts';
import { session, type Tokens } from '../api/session.ts';
import { Field } from '../design/field.tsx';
import { QrCode } from '../design/qr-code.tsx';

interface Confirmed {
  readonly session: Tokens;
  /** null: there are some since the first factor. */
  readonly recoveryCodes: readonly string[] | null;
}

type Step =
  | { readonly name: 'password' }
  | { readonly name: 'code'; readonly secret: string; readonly uri: string }
  | { readonly name: 'recovery'; readonly codes: readonly string[] };

/** Sets an authenticator up: password, QR code and first code, recovery codes to be kept. */
export function TotpSetup({ onDone }: { readonly onDone: () => void }) {
  const [step, setStep] = useState<Step>({ name: 'password' });
  const [text, setText] = useState('');
  const [said, setSaid] = useState<string>();

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSaid(undefined);
    try {
      if (step.name === 'password') {
        const { secret, uri } = await post<{ secret: string; uri: string }>('/v1/me/totp', {
          password: text,
        });
        setStep({ name: 'code', secret, uri });
      } else if (step.name === 'code') {
        const done = await post<Confirmed>('/v1/me/totp/confirm', { code: text.trim() });
        // The session that asked is over.
        session.replace(done.session);
        if (done.recoveryCodes === null) return onDone();
        setStep({ name: 'recovery', codes: done.recoveryCodes });
      }
      setText('');
    } catch (error) {
      setSaid(describeFailure(error));
    }
  }

  if (step.name === 'recovery')
    return (
      <div className="stack">
        <p>
          Keep these recovery codes where you find them without your phone. Each is good once, in the place of
          a code.
        </p>
        <pre className="mono">{step.codes.join('\n')}</pre>
        <button type="button" className="button primary" onClick={onDone}>
          I have kept them
        </button>
      </div>
    );
  return (
    <form className="stack" onSubmit={submit}>
      {step.name === 'code' && (
        <>
          <p>Scan this with an authenticator app, or type the secret into it.</p>
          <QrCode cells={encode(step.uri).data} label="The secret as a QR code" />
          <p className="mono">{step.secret}</p>
        </>
      )}
      <Field
        key={step.name}
        label={step.name === 'password' ? 'Your password' : 'The code that it shows'}
        type={step.name === 'password' ? 'password' : 'text'}
        autoComplete={step.name === 'password' ? 'current-password' : 'one-time-code'}
        autoFocus
        required
        value={text}
        wrong={said}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button primary">
        Go on
      </button>
    </form>
  );
}
