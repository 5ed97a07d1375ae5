import { useEffect, useState } from 'react';
import { show } from '../../api/decimals.ts';
import { live } from '../../api/live.ts';
import { describeFailure } from '../../api/problem.ts';
import { useLoaded } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import { goTo } from '../route.ts';
import { Decide } from './decide.tsx';
import { describeProgress, type WithdrawalInFull } from './types.ts';
import { EVENT_WORDS, FLAG_WORDS, STATUS_WORDS, toneOf } from './words.ts';

/** One withdrawal: everything that is signed with an approval, who has approved, what the account did before. */
export function Detail({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { value, error, reload } = useLoaded<WithdrawalInFull>(`/v1/admin/withdrawals/${id}`);
  useEffect(
    () =>
      live.subscribe({ channel: 'operator' }, ({ type, data }) => {
        if (type === 'withdrawal' && data.id === id) void reload();
      }),
    [id, reload],
  );
  // Of the text that whoever is here has looked at: an edit asks him to look again.
  const [seen, setSeen] = useState<string>();
  const payload = value?.payload;
  useEffect(() => setSeen((known) => known ?? payload), [payload]);
  if (error !== undefined && value === undefined)
    return (
      <section className="card pad stack" aria-label={`Withdrawal ${id}`}>
        <p className="banner bad">{describeFailure(error)}</p>
        <button type="button" className="button" onClick={onClose}>
          Back
        </button>
      </section>
    );
  if (value === undefined) return <section className="card pad soft">Loading…</section>;
  const { withdrawal: one, history, accountHistory: past } = value;
  return (
    <section className="card pad stack" aria-label={`Withdrawal ${id}`}>
      <div className="row spread">
        <h2>
          {show(one.amount)} {one.asset}{' '}
          <span className={toneOf(one.status)}>{STATUS_WORDS[one.status] ?? one.status}</span>
        </h2>
        <button type="button" className="button small" onClick={onClose}>
          Close <kbd className="wide-only">Esc</kbd>
        </button>
      </div>
      <dl className="facts">
        <dt>To</dt>
        <dd className="mono">{one.address}</dd>
        <dt>Network</dt>
        <dd>{one.network}</dd>
        <dt>Worth</dt>
        <dd>{one.value === null ? 'not known' : `${show(one.value, 2)} ${one.valuationAsset}`}</dd>
        <dt>Fee</dt>
        <dd>
          {show(one.fee)} {one.asset}
        </dd>
        <dt>Customer</dt>
        <dd>
          <button type="button" className="link" onClick={() => goTo('users', one.userId)}>
            {one.email ?? `user ${one.userId}`}
          </button>
          , account {one.account}
        </dd>
        <dt>Before</dt>
        <dd>
          registered {showDate(past.registeredAt)}, {past.deposits} deposits (first{' '}
          {showDate(past.firstDepositAt)}), {past.withdrawals} paid withdrawals
        </dd>
        <dt>Look at</dt>
        <dd>
          {one.flags.length === 0
            ? 'nothing unusual'
            : one.flags.map((flag) => FLAG_WORDS[flag] ?? flag).join('; ')}
        </dd>
        <dt>Rule</dt>
        <dd>
          {one.rule.tier}: {describeProgress(one)}
        </dd>
        <dt>Approved by</dt>
        <dd>
          {one.approvedBy.length === 0
            ? 'nobody yet'
            : one.approvedBy
                .map(
                  ({ email, userId, isTreasurer }) =>
                    `${email ?? userId}${isTreasurer ? ' (treasurer)' : ''}`,
                )
                .join(', ')}
        </dd>
        <dt>Expires</dt>
        <dd>{showDate(one.expiresAt)}</dd>
        {one.txId !== null && (
          <>
            <dt>Transaction</dt>
            <dd className="mono">{one.txId}</dd>
          </>
        )}
        {one.reason !== null && (
          <>
            <dt>Why it ended</dt>
            <dd>{one.reason}</dd>
          </>
        )}
      </dl>
      {one.status === 'awaiting_approval' &&
        (seen === undefined || seen === value.payload ? (
          <Decide value={value} onDecided={reload} />
        ) : (
          <div className="banner row spread" role="alert">
            <span>
              It was edited while you had it open. The approvals before are void; above is how it is now.
            </span>
            <button type="button" className="button small" onClick={() => setSeen(value.payload)}>
              I have looked again
            </button>
          </div>
        ))}
      <details>
        <summary>What is signed</summary>
        <div className="stack">
          <p className="soft">An approval signs the SHA-256 of exactly this text:</p>
          <pre className="mono">{JSON.stringify(JSON.parse(value.payload), null, 2)}</pre>
          <p className="mono">{value.payloadHash}</p>
        </div>
      </details>
      <div>
        <h3>History</h3>
        <ol className="stack" style={{ gap: 4 }}>
          {history.map((entry) => (
            <li key={`${entry.at}${entry.type}${entry.by}`}>
              <span className="soft">{showDate(entry.at)}</span> {EVENT_WORDS[entry.type] ?? entry.type}
              {entry.by !== null && ` by ${entry.by}`}
              {entry.note !== null && <span className="soft mono"> {entry.note}</span>}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
