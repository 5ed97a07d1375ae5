import { type FormEvent, useState } from 'react';
import { describeFailure, Problem } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { CopyText } from '../../design/copy-text.tsx';
import { Field } from '../../design/field.tsx';
import { useStepUpInPlace } from '../../sign-in/use-step-up.tsx';

const SCOPES = [
  ['read', 'See balances, orders and fills'],
  ['trade', 'Place, change and cancel orders'],
  ['withdraw', 'Withdraw to listed addresses'],
] as const;
const ALGORITHMS = [
  ['hmac-sha256', 'HMAC-SHA256: a shared secret'],
  ['ed25519', 'Ed25519: your public key'],
  ['client-secret', 'OAuth 2.0 client'],
] as const;
type Algorithm = (typeof ALGORITHMS)[number][0];

interface Made {
  readonly id: string;
  readonly secret: string | null;
}

/** Makes an API key; its secret is shown once. */
export function NewApiKey({
  hasPassword,
  onMade,
  onDone,
}: {
  readonly hasPassword: boolean;
  readonly onMade: () => void;
  readonly onDone: () => void;
}) {
  const [name, setName] = useState('');
  const [algorithm, setAlgorithm] = useState<Algorithm>('hmac-sha256');
  const [publicKey, setPublicKey] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>(['read']);
  const [networks, setNetworks] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [run, stepUp] = useStepUpInPlace(setProblem);
  const [made, setMade] = useState<Made>();

  async function make(): Promise<void> {
    setProblem(undefined);
    const from = networks.split(/[\s,]+/).filter((network) => network !== '');
    const body = { name, algorithm, scopes, networks: from, ...(hasPassword && { password }) };
    setMade(await post<Made>('/v1/me/api-keys', algorithm === 'ed25519' ? { ...body, publicKey } : body));
    onMade();
  }

  if (made !== undefined)
    return (
      <div className="stack">
        <p>{made.secret === null ? 'The key is made.' : 'Keep the secret now: it is not shown again.'}</p>
        <CopyText label="Id of the key" text={made.id} />
        {made.secret !== null && <CopyText label="Secret" text={made.secret} />}
        <button type="button" className="button primary" onClick={onDone}>
          Done
        </button>
      </div>
    );
  if (stepUp) return stepUp;
  const fields = problem instanceof Problem ? problem.fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(make);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label="Name, for yourself"
        required
        maxLength={64}
        autoFocus
        value={name}
        wrong={fields['name']}
        onChange={(event) => setName(event.target.value)}
      />
      <label className="field">
        <span className="label">Signs with</span>
        <select
          className="input"
          value={algorithm}
          onChange={(event) => setAlgorithm(event.target.value as Algorithm)}
        >
          {ALGORITHMS.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {algorithm === 'ed25519' && (
        <Field
          label="Public key, base64"
          required
          value={publicKey}
          wrong={fields['publicKey']}
          onChange={(event) => setPublicKey(event.target.value)}
        />
      )}
      <fieldset className="plain stack">
        <legend className="soft">It may</legend>
        {SCOPES.map(([scope, title]) => (
          <label key={scope} className="checkbox">
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={({ target }) =>
                setScopes(target.checked ? [...scopes, scope] : scopes.filter((other) => other !== scope))
              }
            />
            {title}
          </label>
        ))}
      </fieldset>
      <Field
        label="Networks it may be used from"
        hint="For example 192.0.2.0/24; empty: from anywhere"
        value={networks}
        wrong={fields['networks']}
        onChange={(event) => setNetworks(event.target.value)}
      />
      {hasPassword && (
        <Field
          label="Your password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      )}
      {problem !== undefined && (
        <p className="banner bad" role="alert">
          {describeFailure(problem)}
        </p>
      )}
      <button type="submit" className="button primary" disabled={scopes.length === 0}>
        Make the key
      </button>
    </form>
  );
}
