import { type FormEvent, useState } from 'react';
import { describeFailure } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { Field } from '../../design/field.tsx';

/** Asks for a mail to an address. The answer is the same whether somebody has it or not. */
export function AskForMail({
  path,
  button,
  done,
}: {
  readonly path: string;
  readonly button: string;
  readonly done: string;
}) {
  const [email, setEmail] = useState('');
  const [said, setSaid] = useState<string>();
  const [isDone, setDone] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSaid(undefined);
    try {
      await post(path, { email });
      setDone(true);
    } catch (error) {
      setSaid(describeFailure(error));
    }
  };
  if (isDone) return <p role="status">{done}</p>;
  return (
    <form className="stack" noValidate onSubmit={submit}>
      <Field
        label="E-mail"
        type="email"
        autoComplete="username"
        value={email}
        wrong={said}
        onChange={(event) => setEmail(event.target.value)}
      />
      <button type="submit" className="button primary wide">
        {button}
      </button>
    </form>
  );
}
