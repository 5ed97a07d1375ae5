import { type FormEvent, useState } from 'react';
import { call, post } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { useLoaded } from '../../design/hooks.ts';
import { Scroll } from '../../design/scroll.tsx';
import { say, sayFailure } from '../../design/toasts.tsx';
import { useMay } from '../me.ts';
import { useOperatorEvents } from '../operator-events.ts';
import { FeeDialog } from './fee-dialog.tsx';

export interface Market {
  readonly symbol: string;
  readonly quote: string;
  readonly status: string;
  readonly feeTiers: readonly {
    readonly minVolume: string;
    readonly makerFee: string;
    readonly takerFee: string;
  }[];
}

/** What an operator may want to do in a status, worst last. */
const ACTIONS: readonly (readonly [status: string, title: string])[] = [
  ['open', 'Open'],
  ['auction', 'Auction'],
  ['post_only', 'Post only'],
  ['cancel_only', 'Cancel only'],
  ['halted', 'Halt'],
  ['closed', 'Close'],
];

/** The state of every market, and what can be done about it. */
export function Markets() {
  const { value, reload } = useLoaded<{ readonly markets: readonly Market[] }>('/v1/markets');
  const [asked, setAsked] = useState<{ readonly market: Market; readonly status: string }>();
  const [fees, setFees] = useState<Market>();
  const maySet = useMay('markets.status');
  const mayManage = useMay('markets.manage');
  useOperatorEvents('market', reload);
  return (
    <section className="stack">
      <h1>Markets</h1>
      <Scroll label="The markets">
        <table className="table">
          <thead>
            <tr>
              <th>Market</th>
              <th>Status</th>
              <th className="num wide-only">Maker</th>
              <th className="num wide-only">Taker</th>
              {(maySet || mayManage) && <th>Change</th>}
            </tr>
          </thead>
          <tbody>
            {(value?.markets ?? []).map((market) => (
              <tr key={market.symbol}>
                <td>{market.symbol}</td>
                <td>
                  <span className={market.status === 'open' ? 'tag good' : 'tag warn'}>
                    {market.status.replaceAll('_', ' ')}
                  </span>
                </td>
                <td className="num wide-only">{percent(market.feeTiers[0]?.makerFee)}</td>
                <td className="num wide-only">{percent(market.feeTiers[0]?.takerFee)}</td>
                <td>
                  <div className="row">
                    {maySet &&
                      ACTIONS.filter(([status]) => status !== market.status).map(([status, title]) => (
                        <button
                          key={status}
                          type="button"
                          className={
                            status === 'halted' || status === 'closed'
                              ? 'button small danger'
                              : 'button small'
                          }
                          onClick={() => setAsked({ market, status })}
                        >
                          {title}
                        </button>
                      ))}
                    {mayManage && (
                      <button type="button" className="button small" onClick={() => setFees(market)}>
                        Fees
                      </button>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {asked !== undefined && (
        <StatusDialog
          {...asked}
          onClose={() => setAsked(undefined)}
          onDone={() => {
            setAsked(undefined);
            void reload();
          }}
        />
      )}
      {fees !== undefined && (
        <FeeDialog
          market={fees}
          onClose={() => setFees(undefined)}
          onDone={async (feeTiers) => {
            try {
              await call('PATCH', `/v1/admin/markets/${fees.symbol}`, { feeTiers });
              say(`${fees.symbol} has new fees.`);
              setFees(undefined);
              void reload();
            } catch (error) {
              sayFailure(error);
            }
          }}
        />
      )}
    </section>
  );
}

function StatusDialog({
  market,
  status,
  onClose,
  onDone,
}: {
  readonly market: Market;
  readonly status: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [seconds, setSeconds] = useState('300');
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    try {
      const more = status === 'auction' ? { auctionSeconds: Number(seconds) } : {};
      await post(`/v1/admin/markets/${market.symbol}/status`, { status, ...more });
      say(`${market.symbol} is ${status.replaceAll('_', ' ')}.`);
      onDone();
    } catch (error) {
      sayFailure(error);
    }
  }
  return (
    <Dialog
      title={`${market.symbol}: ${market.status.replaceAll('_', ' ')} → ${status.replaceAll('_', ' ')}`}
      onClose={onClose}
    >
      <form className="stack" onSubmit={submit}>
        <p>{CONSEQUENCES[status]}</p>
        {status === 'auction' && (
          <Field
            label="Seconds until it opens by itself"
            type="number"
            min={1}
            max={86_400}
            required
            value={seconds}
            onChange={(event) => setSeconds(event.target.value)}
          />
        )}
        <button type="submit" className={status === 'open' ? 'button primary' : 'button danger'}>
          Do it
        </button>
      </form>
    </Dialog>
  );
}

const CONSEQUENCES: Readonly<Record<string, string>> = Object.freeze({
  open: 'Orders trade again at once.',
  auction: 'Orders gather and trade at one price when it ends.',
  post_only: 'Only orders that rest are taken; nothing trades.',
  cancel_only: 'Orders can only be canceled.',
  halted: 'Nothing trades. Orders can only be canceled.',
  closed: 'For ever: every order in it is canceled.',
});

function percent(fraction: string | undefined): string {
  return fraction === undefined ? '–' : `${Number((Number(fraction) * 100).toFixed(4))} %`;
}
