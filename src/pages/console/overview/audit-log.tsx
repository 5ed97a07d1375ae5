import { useEffect, useState } from 'react';
import { AUDIT_ACTIONS } from '../../../domain/audit.ts';
import { describeFailure } from '../../api/problem.ts';
import { get } from '../../api/request.ts';
import { Scroll } from '../../design/scroll.tsx';
import { showDate } from '../../design/time.ts';

interface Entry {
  readonly entryNo: string;
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly userId: string | null;
  readonly actor: { readonly type: string; readonly userId?: number; readonly ip?: string };
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** Who did what to whom; chained, so that nothing is taken back. */
export function AuditLog() {
  const [action, setAction] = useState('');
  const [userId, setUserId] = useState('');
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [said, setSaid] = useState<string>();

  async function read(from: string | null): Promise<void> {
    const query = new URLSearchParams({ limit: '100' });
    if (action !== '') query.set('action', action);
    if (/^[1-9]\d*$/.test(userId)) query.set('userId', userId);
    if (from !== null) query.set('cursor', from);
    try {
      const page = await get<{ readonly items: readonly Entry[]; readonly nextCursor: string | null }>(
        `/v1/admin/audit?${query}`,
      );
      setEntries((known) => (from === null ? page.items : [...known, ...page.items]));
      setCursor(page.nextCursor);
      setSaid(undefined);
    } catch (error) {
      setSaid(describeFailure(error));
    }
  }
  useEffect(() => void read(null), [action, userId]);
  return (
    <section className="stack">
      <h1>Audit log</h1>
      <div className="row">
        <label className="row">
          <span className="soft">Action</span>
          <select className="input" value={action} onChange={(event) => setAction(event.target.value)}>
            <option value="">all</option>
            {AUDIT_ACTIONS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label className="row">
          <span className="soft">User</span>
          <input
            className="input"
            inputMode="numeric"
            placeholder="all"
            value={userId}
            onChange={(event) => setUserId(event.target.value)}
          />
        </label>
      </div>
      {said !== undefined && <p className="banner bad">{said}</p>}
      <Scroll label="Entries">
        <table className="table">
          <thead>
            <tr>
              <th className="num wide-only">No.</th>
              <th>When</th>
              <th>What</th>
              <th>Outcome</th>
              <th>Whom</th>
              <th>By</th>
              <th className="wide-only">Detail</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.entryNo}>
                <td className="num wide-only">{entry.entryNo}</td>
                <td className="when">{showDate(entry.at)}</td>
                <td>{entry.action}</td>
                <td>
                  <span className={entry.outcome === 'refused' ? 'tag bad' : 'tag'}>{entry.outcome}</span>
                </td>
                <td>{entry.userId ?? '–'}</td>
                <td className="who">{describeActor(entry.actor)}</td>
                <td className="mono wide-only">
                  {entry.detail === null ? '' : JSON.stringify(entry.detail)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {cursor !== null && (
        <button type="button" className="button" onClick={() => read(cursor)}>
          Older
        </button>
      )}
    </section>
  );
}

function describeActor({ type, userId, ip }: Entry['actor']): string {
  if (type === 'user') return `user ${userId}${ip === undefined ? '' : ` from ${ip}`}`;
  return ip === undefined ? type.replaceAll('_', ' ') : `${type} from ${ip}`;
}
