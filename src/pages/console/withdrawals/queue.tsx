import { useEffect, useState } from 'react';
import { show } from '../../api/decimals.ts';
import { live } from '../../api/live.ts';
import { describeFailure } from '../../api/problem.ts';
import { useLoaded, useNow } from '../../design/hooks.ts';
import { Scroll } from '../../design/scroll.tsx';
import { showAge } from '../../design/time.ts';
import { goTo } from '../route.ts';
import { useListKeys } from '../use-list-keys.ts';
import { Detail } from './detail.tsx';
import { PauseControl } from './pause-control.tsx';
import { describeProgress, type Withdrawal, type WithdrawalPage } from './types.ts';
import { FLAG_WORDS, STATUS_WORDS, toneOf } from './words.ts';

const FILTERS = [
  ['awaiting_approval', 'Awaiting approval'],
  ['requested,held,awaiting_approval,approved,signing,broadcast', 'Under way'],
  ['confirmed,rejected,canceled,expired,failed', 'Ended'],
] as const;

/** The withdrawals that somebody has to look at, and the one that is open beside them. */
export function Queue({ openId }: { readonly openId: string | undefined }) {
  const [filter, setFilter] = useState<string>(FILTERS[0][0]);
  const {
    value: page,
    error,
    reload,
  } = useLoaded<WithdrawalPage>(`/v1/admin/withdrawals?status=${filter}&limit=200`);
  const rows = page?.items ?? [];
  useEffect(
    () =>
      live.subscribe(
        { channel: 'operator' },
        ({ type }) => {
          if (type === 'withdrawal' || type === 'pause') void reload();
        },
        // What happened while the connection was lost was told to nobody.
        () => void reload(),
      ),
    [reload],
  );
  const close = () => goTo('withdrawals');
  const { selected, select } = useListKeys({
    count: rows.length,
    onOpen: (index) => goTo('withdrawals', rows[index]!.id),
    onClose: close,
  });
  return (
    <div className={openId === undefined ? 'queue' : 'queue open'}>
      <section className="list stack" aria-label="Withdrawals">
        <div className="row spread">
          <h1>Withdrawals</h1>
          <PauseControl paused={page?.paused ?? null} onChanged={reload} />
        </div>
        <fieldset className="row plain" aria-label="Which">
          {FILTERS.map(([value, title]) => (
            <button
              key={value}
              type="button"
              className="button small"
              aria-pressed={filter === value}
              onClick={() => {
                setFilter(value);
                select(0);
              }}
            >
              {title}
            </button>
          ))}
        </fieldset>
        {error !== undefined && <p className="banner bad">{describeFailure(error)}</p>}
        {page !== undefined && rows.length === 0 && <p className="card pad soft">There are none.</p>}
        {rows.length > 0 && (
          <Scroll label="The list">
            <table className="table">
              <thead>
                <tr>
                  <th>Age</th>
                  <th className="num">Amount</th>
                  <th className="num wide-only closed-only">Worth</th>
                  <th>Approvals</th>
                  <th className="wide-only closed-only">Look at</th>
                  <th>Status</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row, index) => (
                  <Row
                    key={row.id}
                    row={row}
                    isSelected={index === selected}
                    isOpen={row.id === openId}
                    onOpen={() => {
                      select(index);
                      goTo('withdrawals', row.id);
                    }}
                  />
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </section>
      {openId !== undefined && <Detail key={openId} id={openId} onClose={close} />}
    </div>
  );
}

function Row({
  row,
  isSelected,
  isOpen,
  onOpen,
}: {
  readonly row: Withdrawal;
  readonly isSelected: boolean;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}) {
  const nowMs = useNow();
  return (
    <tr className={isSelected ? 'selected' : ''} aria-current={isOpen} onClick={onOpen}>
      <td className="when">{showAge(row.requestedAt, nowMs)}</td>
      <td className="num">
        <button type="button" className="link" onClick={onOpen}>
          {show(row.amount)} {row.asset}
        </button>
      </td>
      <td className="num wide-only closed-only">
        {row.value === null ? (
          <span className="soft">not known</span>
        ) : (
          `${show(row.value, 2)} ${row.valuationAsset}`
        )}
      </td>
      <td>{describeProgress(row)}</td>
      <td className="wide-only closed-only">
        {row.flags.length === 0 ? (
          <span className="soft">nothing</span>
        ) : (
          <span className="tag warn" title={row.flags.map((flag) => FLAG_WORDS[flag] ?? flag).join(', ')}>
            {FLAG_WORDS[row.flags[0]!] ?? row.flags[0]}
            {row.flags.length > 1 ? ` + ${row.flags.length - 1}` : ''}
          </span>
        )}
      </td>
      <td>
        <span className={toneOf(row.status)}>{STATUS_WORDS[row.status] ?? row.status}</span>
      </td>
    </tr>
  );
}
