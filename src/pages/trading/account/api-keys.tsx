import { useState } from 'react';
import { call } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { useLoaded } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import { say } from '../../design/toasts.tsx';
import { useStepUp } from '../../sign-in/use-step-up.tsx';
import type { ApiKeyInfo, Items } from './account-data.ts';
import { NewApiKey } from './new-api-key.tsx';

/** The keys of somebody's programs. */
export function ApiKeys({ hasPassword }: { readonly hasPassword: boolean }) {
  const { value, reload } = useLoaded<Items<ApiKeyInfo>>('/v1/me/api-keys');
  const [isMaking, setMaking] = useState(false);
  const [run, dialog] = useStepUp();
  const revoke = (id: string) =>
    run(async () => {
      await call('DELETE', `/v1/me/api-keys/${id}`);
      say('The key is revoked.');
      await reload();
    });
  return (
    <section className="card pad stack" aria-labelledby="keys-title">
      <div className="row spread">
        <h2 id="keys-title">API keys</h2>
        <button type="button" className="button small" onClick={() => setMaking(true)}>
          New key
        </button>
      </div>
      {value?.items.length === 0 && (
        <p className="soft">None. Programs sign their requests with such a key.</p>
      )}
      <ul className="lines">
        {value?.items.map(({ id, name, algorithm, scopes, networks, createdAt, expiresAt, lastUsedAt }) => (
          <li key={id} className="row spread">
            <div>
              <strong>{name}</strong>{' '}
              {scopes.map((scope) => (
                <span key={scope} className={scope === 'withdraw' ? 'tag warn' : 'tag'}>
                  {scope}
                </span>
              ))}
              <div className="mono">{id}</div>
              <div className="soft">
                {algorithm}
                {networks.length > 0 && ` from ${networks.join(', ')}`}, made {showDate(createdAt)},{' '}
                {lastUsedAt === null ? 'never used' : `last used ${showDate(lastUsedAt)}`}
                {expiresAt !== null && `, until ${showDate(expiresAt)}`}
              </div>
            </div>
            <button
              type="button"
              className="button small danger"
              aria-label={`Revoke ${name}`}
              onClick={() => revoke(id)}
            >
              Revoke
            </button>
          </li>
        ))}
      </ul>
      {isMaking && (
        <Dialog title="New API key" onClose={() => setMaking(false)}>
          <NewApiKey hasPassword={hasPassword} onMade={reload} onDone={() => setMaking(false)} />
        </Dialog>
      )}
      {dialog}
    </section>
  );
}
