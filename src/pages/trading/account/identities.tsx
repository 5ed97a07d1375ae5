import { type FormEvent, useState } from 'react';
import { describeFailure } from '../../api/problem.ts';
import { call, post } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { useLoaded } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import { say } from '../../design/toasts.tsx';
import { useStepUp, useStepUpInPlace } from '../../sign-in/use-step-up.tsx';
import { keepHandle } from '../sign-in/callback-handle.ts';
import type { Items } from './account-data.ts';

interface Provider {
  readonly id: string;
  readonly name: string;
}

interface Identity {
  readonly id: string;
  readonly name: string | null;
  readonly issuer: string;
  readonly email: string | null;
  readonly lastUsedAt: string | null;
}

/** With which OpenID providers somebody signs in too. Nothing is drawn where the exchange has none. */
export function Identities({ hasPassword }: { readonly hasPassword: boolean }) {
  const { value: offered } = useLoaded<Items<Provider>>('/v1/auth/oidc');
  const { value: linked, reload } = useLoaded<Items<Identity>>('/v1/me/identities');
  const [linking, setLinking] = useState<Provider>();
  const [run, dialog] = useStepUp();
  if (offered === undefined || linked === undefined) return null;
  if (offered.items.length === 0 && linked.items.length === 0) return null;
  const unlink = (id: string) =>
    run(async () => {
      await call('DELETE', `/v1/me/identities/${id}`);
      say('It is unlinked.');
      await reload();
    });
  return (
    <section className="card pad stack" aria-labelledby="identities-title">
      <h2 id="identities-title">Other ways to sign in</h2>
      <ul className="lines">
        {linked.items.map(({ id, name, issuer, email, lastUsedAt }) => (
          <li key={id} className="row spread">
            <div>
              <strong>{name ?? issuer}</strong>
              <div className="soft">
                {email ?? 'without an address'},{' '}
                {lastUsedAt === null ? 'not used yet' : `last used ${showDate(lastUsedAt)}`}
              </div>
            </div>
            <button
              type="button"
              className="button small danger"
              aria-label={`Unlink ${name ?? issuer}`}
              onClick={() => unlink(id)}
            >
              Unlink
            </button>
          </li>
        ))}
      </ul>
      <div className="row">
        {offered.items.map((provider) => (
          <button
            key={provider.id}
            type="button"
            className="button small"
            onClick={() => setLinking(provider)}
          >
            Link {provider.name}
          </button>
        ))}
      </div>
      {linking !== undefined && (
        <Dialog title={`Link ${linking.name}`} onClose={() => setLinking(undefined)}>
          <LinkForm provider={linking} hasPassword={hasPassword} />
        </Dialog>
      )}
      {dialog}
    </section>
  );
}

/** Leaves for the provider, who sends back to `/sign-in/callback`. */
function LinkForm({ provider, hasPassword }: { readonly provider: Provider; readonly hasPassword: boolean }) {
  const [password, setPassword] = useState('');
  const [said, setSaid] = useState<string>();
  const [run, stepUp] = useStepUpInPlace((error) => setSaid(describeFailure(error)));

  async function begin(): Promise<void> {
    setSaid(undefined);
    const body = { provider: provider.id, ...(hasPassword && { password }) };
    const { authorizationUrl, handle } = await post('/v1/me/identities/begin', body);
    keepHandle(handle, 'link');
    location.assign(authorizationUrl);
  }

  if (stepUp) return stepUp;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(begin);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>Whoever can sign in at {provider.name} can then sign in here. Withdrawals are held for a while.</p>
      {hasPassword && (
        <Field
          label="Your password"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          value={password}
          wrong={said}
          onChange={(event) => setPassword(event.target.value)}
        />
      )}
      {!hasPassword && said !== undefined && (
        <p className="banner bad" role="alert">
          {said}
        </p>
      )}
      <button type="submit" className="button primary">
        Go to {provider.name}
      </button>
    </form>
  );
}
