import { show } from '../../api/decimals.ts';
import { describeFailure } from '../../api/problem.ts';
import { useLoaded } from '../../design/hooks.ts';
import { Scroll } from '../../design/scroll.tsx';
import { showDate } from '../../design/time.ts';
import { useOperatorEvents } from '../operator-events.ts';

interface Looked {
  readonly at: string | null;
  readonly ok: boolean;
  readonly assets: readonly {
    readonly asset: string;
    readonly custody: string;
    readonly ledger: string;
    readonly uncredited: string;
    readonly leaving: string;
    readonly lost: string;
    readonly simulated: string;
    readonly difference: string;
    readonly ok: boolean;
  }[];
}

/** What is in custody, against what the ledger says. */
export function Reconciliation() {
  const { value, error, reload } = useLoaded<Looked>('/v1/admin/reconciliation');
  useOperatorEvents('alarm', reload);
  useOperatorEvents('withdrawal', reload);
  return (
    <section className="stack">
      <div className="row spread">
        <h1>Reconciliation</h1>
        <button type="button" className="button small" onClick={reload}>
          Look again
        </button>
      </div>
      {error !== undefined && <p className="banner bad">{describeFailure(error)}</p>}
      {value !== undefined && (
        <>
          <p className={value.ok ? 'soft' : 'banner bad'}>
            {value.at === null
              ? 'Nobody has looked yet.'
              : value.ok
                ? `Everything is explained, as of ${showDate(value.at)}.`
                : `Something is not explained, as of ${showDate(value.at)}.`}
          </p>
          <Scroll label="By asset">
            <table className="table">
              <thead>
                <tr>
                  <th>Asset</th>
                  <th className="num">In custody</th>
                  <th className="num">On its way out</th>
                  <th className="num">Lost to forks</th>
                  <th className="num">Simulated</th>
                  <th className="num">Ledger</th>
                  <th className="num">Not credited</th>
                  <th className="num">Difference</th>
                </tr>
              </thead>
              <tbody>
                {value.assets.map((row) => (
                  <tr key={row.asset}>
                    <td>
                      {row.asset}{' '}
                      <span className={row.ok ? 'tag good' : 'tag bad'}>{row.ok ? 'fits' : 'differs'}</span>
                    </td>
                    <td className="num">{show(row.custody)}</td>
                    <td className="num">{show(row.leaving)}</td>
                    <td className="num">{show(row.lost)}</td>
                    <td className="num">{show(row.simulated)}</td>
                    <td className="num">{show(row.ledger)}</td>
                    <td className="num">{show(row.uncredited)}</td>
                    <td className={row.ok ? 'num' : 'num sell'}>{show(row.difference)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          <p className="soft">in custody + on its way out + lost + simulated = ledger + not credited</p>
        </>
      )}
    </section>
  );
}
