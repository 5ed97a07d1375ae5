import { useState } from 'react';
import { describeFailure } from '../../api/problem.ts';
import { useLoaded } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import { useMay } from '../me.ts';
import { type Deed, DeedDialog } from './deed-dialog.tsx';

/** A user as lists show him. */
export interface UserSummary {
  readonly userId: string;
  readonly email: string;
  readonly role: string;
  readonly accountId: string;
  readonly frozen: boolean;
  readonly createdAt: string;
}

interface InFull extends UserSummary {
  readonly hasSecondFactor: boolean;
  readonly sessions: readonly {
    readonly id: string;
    readonly createdAt: string;
    readonly ip: string | null;
    readonly userAgent: string | null;
  }[];
  readonly apiKeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly lastUsedAt: string | null;
  }[];
  readonly withdrawalHolds: readonly { readonly reason: string; readonly until: string }[];
}

/** Somebody, and what an operator may do about him. */
export function Person({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { value: person, error, reload } = useLoaded<InFull>(`/v1/admin/users/${id}`);
  const [deed, setDeed] = useState<Deed>();
  const mayFreeze = useMay('accounts.freeze');
  const mayUnfreeze = useMay('accounts.unfreeze');
  const mayEnd = useMay('sessions.end');
  const mayGive = useMay('roles.manage');
  if (error !== undefined && person === undefined)
    return <p className="banner bad">{describeFailure(error)}</p>;
  if (person === undefined) return <section className="card pad soft">Loading…</section>;
  return (
    <section className="card pad stack" aria-label={person.email}>
      <div className="row spread">
        <h2>
          {person.email} {person.frozen && <span className="tag bad">frozen</span>}
        </h2>
        <button type="button" className="button small" onClick={onClose}>
          Close <kbd className="wide-only">Esc</kbd>
        </button>
      </div>
      <dl className="facts">
        <dt>Role</dt>
        <dd>{person.role}</dd>
        <dt>Account</dt>
        <dd>{person.accountId}</dd>
        <dt>Since</dt>
        <dd>{showDate(person.createdAt)}</dd>
        <dt>Second factor</dt>
        <dd>{person.hasSecondFactor ? 'yes' : 'none'}</dd>
      </dl>
      <div className="row">
        {mayFreeze && !person.frozen && (
          <button type="button" className="button danger" onClick={() => setDeed('freeze')}>
            Freeze
          </button>
        )}
        {mayUnfreeze && person.frozen && (
          <button type="button" className="button" onClick={() => setDeed('unfreeze')}>
            End the freeze
          </button>
        )}
        {mayEnd && (
          <button type="button" className="button" onClick={() => setDeed('end-sessions')}>
            End all sessions
          </button>
        )}
        {mayGive && (
          <button type="button" className="button" onClick={() => setDeed('role')}>
            Give a role
          </button>
        )}
      </div>
      <List
        title="Holds of withdrawals"
        rows={person.withdrawalHolds.map(
          (hold) => `${hold.reason.replaceAll('_', ' ')}, until ${showDate(hold.until)}`,
        )}
      />
      <List
        title="Sessions"
        rows={person.sessions.map(
          ({ createdAt, ip, userAgent }) =>
            `${showDate(createdAt)} from ${ip ?? 'the command line'}, ${userAgent ?? 'unnamed client'}`,
        )}
      />
      <List
        title="API keys"
        rows={person.apiKeys.map(
          ({ name, scopes, lastUsedAt }) =>
            `${name}: ${scopes.join(', ')}, last used ${showDate(lastUsedAt)}`,
        )}
      />
      {deed !== undefined && (
        <DeedDialog
          deed={deed}
          userId={person.userId}
          email={person.email}
          onClose={() => setDeed(undefined)}
          onDone={() => {
            setDeed(undefined);
            void reload();
          }}
        />
      )}
    </section>
  );
}

function List({ title, rows }: { readonly title: string; readonly rows: readonly string[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p className="soft">none</p>
      ) : (
        <ul>
          {rows.map((row) => (
            <li key={row}>{row}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
