import type { KeyboardEvent } from 'react';
import { approximately, decimalsOf, fromUnits, show, units } from '../../api/decimals.ts';
import type { Depth, Level } from '../../api/order-book.ts';
import type { MarketInfo } from './market-data.ts';

interface BookProps {
  readonly market: MarketInfo;
  readonly depth: Depth | undefined;
  readonly lastPrice: string | null | undefined;
  /** Prices at which there is an order of one's own: `buy 100.5`. */
  readonly own: ReadonlySet<string>;
  readonly onPick: (price: string) => void;
}

const LEVELS = 15;

/** The best levels of both sides. As many rows as ever, also where there are fewer levels: nothing jumps. */
export function Book({ market, depth, lastPrice, own, onPick }: BookProps) {
  const asks = depth?.asks.slice(0, LEVELS) ?? [];
  const bids = depth?.bids.slice(0, LEVELS) ?? [];
  const largest = [...asks, ...bids].reduce(
    (most, [, quantity]) => Math.max(most, approximately(quantity)),
    0,
  );
  const rows = { market, own, largest, onPick };
  const best =
    asks[0] === undefined || bids[0] === undefined ? undefined : units(asks[0][0]) - units(bids[0][0]);
  return (
    <section className="book" aria-label="Order book" data-sequence={depth?.sequence}>
      <div className="book-head">
        <span>Price ({market.quote})</span>
        <span className="num">Quantity ({market.base})</span>
      </div>
      <Rows {...rows} side="sell" levels={asks} />
      <p className="book-middle">
        <strong>{show(lastPrice, decimalsOf(market.tickSize))}</strong>
        <span className="soft">
          {best === undefined
            ? depth === undefined
              ? 'Loading…'
              : ''
            : `Spread ${show(fromUnits(best), decimalsOf(market.tickSize))}`}
        </span>
      </p>
      <Rows {...rows} side="buy" levels={bids} />
    </section>
  );
}

function Rows({
  market,
  own,
  largest,
  onPick,
  side,
  levels,
}: Pick<BookProps, 'market' | 'own' | 'onPick'> & {
  readonly largest: number;
  readonly side: 'buy' | 'sell';
  readonly levels: readonly Level[];
}) {
  const priceDecimals = decimalsOf(market.tickSize);
  const lotDecimals = decimalsOf(market.lotSize);
  const rows = Array.from({ length: LEVELS }, (_, at) => levels[at]);
  return (
    <ol
      className={`book-side ${side}-side`}
      aria-label={side === 'buy' ? 'Bids' : 'Asks'}
      onKeyDown={(event) => moveFocus(event, side)}
    >
      {rows.map((level, at) => {
        if (level === undefined) return <li key={at} className="book-row" aria-hidden="true" />;
        const [price, quantity] = level;
        const isOwn = own.has(`${side} ${price}`);
        return (
          <li key={at}>
            <button
              type="button"
              className="book-row"
              tabIndex={at === 0 ? 0 : -1}
              onClick={() => onPick(price)}
            >
              <span
                className="book-bar"
                style={{ width: `${largest === 0 ? 0 : (approximately(quantity) / largest) * 100}%` }}
              />
              <span className={side}>{show(price, priceDecimals)}</span>
              {isOwn && <span className="book-own" role="img" aria-label="with an order of yours" />}
              <span className="num">{show(quantity, lotDecimals)}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** The levels of a side are one stop of the Tab key; arrow keys go on from the best. */
function moveFocus(event: KeyboardEvent<HTMLElement>, side: 'buy' | 'sell'): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  // The asks are drawn upwards.
  buttons[at + (side === 'buy' ? step : -step)]?.focus();
}
