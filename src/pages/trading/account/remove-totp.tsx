import { type FormEvent, useState } from 'react';
import { describeFailure } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { session, type Tokens } from '../../api/session.ts';
import { Field } from '../../design/field.tsx';

/** Takes the authenticator app away, against the password and a code. */
export function RemoveTotp({
  hasPassword,
  onDone,
}: {
  readonly hasPassword: boolean;
  readonly onDone: () => void;
}) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [said, setSaid] = useState<string>();
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSaid(undefined);
    try {
      const shown = { code: code.trim(), ...(hasPassword && { password }) };
      session.replace(await post<Tokens>('/v1/me/totp/remove', shown));
      onDone();
    } catch (error) {
      setSaid(describeFailure(error));
    }
  }
  return (
    <form className="stack" onSubmit={submit}>
      <p>All other sessions end, and withdrawals are held for a while.</p>
      {hasPassword && (
        <Field
          label="Your password"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      )}
      <Field
        label="Code of your authenticator, or a recovery code"
        autoComplete="one-time-code"
        required
        value={code}
        wrong={said}
        onChange={(event) => setCode(event.target.value)}
      />
      <button type="submit" className="button danger">
        Remove it
      </button>
    </form>
  );
}
