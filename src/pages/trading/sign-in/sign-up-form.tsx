import { type FormEvent, useState } from 'react';
import { describeFailure, Problem } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { Field } from '../../design/field.tsx';
import { say, sayFailure } from '../../design/toasts.tsx';

const MIN_PASSWORD_LENGTH = 12;

export function SignUpForm() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [isSent, setSent] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await post('/v1/auth/register', { email, password });
      setSent(true);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  async function sendAgain(): Promise<void> {
    try {
      await post('/v1/auth/resend-confirmation', { email });
      say('It is on its way again.');
    } catch (error) {
      sayFailure(error);
    }
  }

  if (isSent)
    return (
      <div className="stack" role="status">
        <p>
          We have sent a link to <strong>{email}</strong>. Open it to confirm your address; then you can sign
          in.
        </p>
        <button type="button" className="button" onClick={sendAgain}>
          Send it again
        </button>
      </div>
    );
  const fields = problem instanceof Problem ? problem.fields : {};
  const isAtField = 'email' in fields || 'password' in fields;
  return (
    <form className="stack" noValidate onSubmit={submit}>
      <Field
        label="E-mail"
        type="email"
        autoComplete="username"
        value={email}
        wrong={fields['email']}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Field
        label="Password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${MIN_PASSWORD_LENGTH} characters: a few words do.`}
        value={password}
        wrong={fields['password']}
        onChange={(event) => setPassword(event.target.value)}
      />
      {problem !== undefined && !isAtField && (
        <p className="banner bad" role="alert">
          {describeFailure(problem)}
        </p>
      )}
      <button type="submit" className="button primary wide" disabled={isBusy}>
        Sign up
      </button>
    </form>
  );
}
