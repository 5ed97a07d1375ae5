import { type FormEvent, useState } from 'react';
import { Dialog } from '../../design/dialog.tsx';
import type { Market } from './markets.tsx';

interface Tier {
  readonly minVolume: string;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}

const PPM = 1_000_000;

/** Edits the fee tiers of a market, in parts per million. */
export function FeeDialog({
  market,
  onClose,
  onDone,
}: {
  readonly market: Market;
  readonly onClose: () => void;
  readonly onDone: (tiers: readonly Tier[]) => void;
}) {
  const [tiers, setTiers] = useState<readonly Tier[]>(
    market.feeTiers.map(({ minVolume, makerFee, takerFee }) => ({
      minVolume,
      makerFeePpm: Math.round(Number(makerFee) * PPM),
      takerFeePpm: Math.round(Number(takerFee) * PPM),
    })),
  );
  const set = (index: number, change: Partial<Tier>) =>
    setTiers(tiers.map((tier, at) => (at === index ? { ...tier, ...change } : tier)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDone(tiers);
  };
  return (
    <Dialog title={`Fees of ${market.symbol}`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="soft">
          From a 30-day volume in {market.quote} on; in parts per million of what is received. For orders
          placed from now on.
        </p>
        <table className="table">
          <thead>
            <tr>
              <th>From</th>
              <th>Maker</th>
              <th>Taker</th>
            </tr>
          </thead>
          <tbody>
            {tiers.map((tier, index) => (
              <tr key={index}>
                <td>
                  <input
                    className="input"
                    aria-label={`Tier ${index + 1} from`}
                    value={tier.minVolume}
                    disabled={index === 0}
                    onChange={(event) => set(index, { minVolume: event.target.value })}
                  />
                </td>
                <td>
                  <input
                    className="input"
                    type="number"
                    aria-label={`Tier ${index + 1} maker`}
                    value={tier.makerFeePpm}
                    onChange={(event) => set(index, { makerFeePpm: Number(event.target.value) })}
                  />
                </td>
                <td>
                  <input
                    className="input"
                    type="number"
                    aria-label={`Tier ${index + 1} taker`}
                    value={tier.takerFeePpm}
                    onChange={(event) => set(index, { takerFeePpm: Number(event.target.value) })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <button type="submit" className="button primary">
          Set fees
        </button>
      </form>
    </Dialog>
  );
}
