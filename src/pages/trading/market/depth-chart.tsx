import { approximately, decimalsOf, show } from '../../api/decimals.ts';
import type { Depth, Level } from '../../api/order-book.ts';
import type { MarketInfo } from './market-data.ts';

const WIDTH = 1_000;
const HEIGHT = 300;
/** Levels far from the middle would leave nothing to see of the near ones. */
const REACH = 0.02;

/** How much could be traded up to each price. */
export function DepthChart({
  market,
  depth,
}: {
  readonly market: MarketInfo;
  readonly depth: Depth | undefined;
}) {
  const [bid] = depth?.bids[0] ?? [];
  const [ask] = depth?.asks[0] ?? [];
  if (depth === undefined || bid === undefined || ask === undefined)
    return <p className="pad soft">There is not yet an order on both sides.</p>;
  const middle = (approximately(bid) + approximately(ask)) / 2;
  const low = middle * (1 - REACH);
  const high = middle * (1 + REACH);
  const bids = sums(depth.bids.filter(([price]) => approximately(price) >= low));
  const asks = sums(depth.asks.filter(([price]) => approximately(price) <= high));
  const most = Math.max(bids.at(-1)?.sum ?? 0, asks.at(-1)?.sum ?? 0);
  const x = (price: number) => ((price - low) / (high - low)) * WIDTH;
  const y = (sum: number) => HEIGHT - (sum / most) * (HEIGHT - 10);
  const path = (points: readonly Point[], edge: number) => {
    const first = x(points[0]!.price);
    const steps = points.map(({ price, sum }) => `H${x(price)}V${y(sum)}`).join('');
    return `M${first} ${HEIGHT}${steps}H${edge}V${HEIGHT}Z`;
  };
  const decimals = decimalsOf(market.tickSize);
  return (
    <figure className="depth-chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Depth of ${market.symbol}`}
      >
        <path d={path(bids, 0)} className="depth-buy" />
        <path d={path(asks, WIDTH)} className="depth-sell" />
      </svg>
      <figcaption className="row spread soft">
        <span>{show(low.toFixed(decimals), decimals)}</span>
        <span>{show(middle.toFixed(decimals), decimals)}</span>
        <span>{show(high.toFixed(decimals), decimals)}</span>
      </figcaption>
    </figure>
  );
}

interface Point {
  readonly price: number;
  readonly sum: number;
}

function sums(levels: readonly Level[]): readonly Point[] {
  let sum = 0;
  return levels.map(([price, quantity]) => {
    sum += approximately(quantity);
    return { price: approximately(price), sum };
  });
}
