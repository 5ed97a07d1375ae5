import { type FormEvent, useState } from 'react';
import { describeFailure, Problem } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { session, type Tokens } from '../../api/session.ts';
import { Field } from '../../design/field.tsx';
import { useStepUpInPlace } from '../../sign-in/use-step-up.tsx';

/** Sets another password, or a first one. It ends every session and begins one. */
export function PasswordForm({
  hasPassword,
  onDone,
}: {
  readonly hasPassword: boolean;
  readonly onDone: () => void;
}) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [run, stepUp] = useStepUpInPlace(setProblem);

  async function change(): Promise<void> {
    setProblem(undefined);
    const body = { newPassword: next, ...(hasPassword && { currentPassword: current }) };
    session.replace(await post<Tokens>('/v1/me/password', body));
    onDone();
  }

  if (stepUp) return stepUp;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(change);
  };
  const code = problem instanceof Problem ? problem.code : undefined;
  const said = problem === undefined ? undefined : describeFailure(problem);
  const isCurrentWrong = code === 'invalid_credentials';
  return (
    <form className="stack" onSubmit={submit}>
      {hasPassword && (
        <Field
          label="Your password now"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          value={current}
          wrong={isCurrentWrong ? said : undefined}
          onChange={(event) => setCurrent(event.target.value)}
        />
      )}
      <Field
        label="The new one"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        hint="At least 12 characters; several words are easy to keep in mind"
        value={next}
        wrong={isCurrentWrong ? undefined : said}
        onChange={(event) => setNext(event.target.value)}
      />
      <button type="submit" className="button primary">
        Set it
      </button>
    </form>
  );
}
