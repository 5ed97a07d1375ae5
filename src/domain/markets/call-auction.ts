/** Where a call auction would trade now. */
export interface Clearing {
  readonly priceTicks: number;
  readonly volumeLots: number;
  /** What buyers want more at that price than sellers offer, in lots; negative where it is the other way. */
  readonly surplusLots: number;
}

/** What is open at a price, best price first. */
export type AuctionLevel = readonly [priceTicks: number, lots: number];

/**
 * The one price of a call auction: where the most is traded; of several such prices the one that leaves the least surplus,
 * then the one nearest to the reference, then the lower one. Which side the surplus is on makes no difference.
 * @param referencePriceTicks the last price; where there is none the middle between the best bid and the best ask
 * @returns null when nothing can be traded
 */
export function clearingOf(
  bids: readonly AuctionLevel[],
  asks: readonly AuctionLevel[],
  referencePriceTicks: number | null,
): Clearing | null {
  const highest = bids[0]?.[0];
  const lowest = asks[0]?.[0];
  if (highest === undefined || lowest === undefined || highest < lowest) return null;
  const reference = referencePriceTicks ?? Math.floor((highest + lowest) / 2);
  let best: Clearing | null = null;
  for (const [priceTicks, demand, supply] of curves(bids, asks, reference)) {
    const clearing = {
      priceTicks,
      volumeLots: Math.min(demand, supply),
      surplusLots: demand - supply,
    };
    if (best === null || isBetter(clearing, best, reference)) best = clearing;
  }
  return best;
}

function isBetter(a: Clearing, b: Clearing, reference: number): boolean {
  if (a.volumeLots !== b.volumeLots) return a.volumeLots > b.volumeLots;
  const surplus = Math.abs(a.surplusLots) - Math.abs(b.surplusLots);
  if (surplus !== 0) return surplus < 0;
  // Prices come in rising order, so of two that are as near the lower one stays.
  return Math.abs(a.priceTicks - reference) < Math.abs(b.priceTicks - reference);
}

/** Demand and supply at every price that can be the best one, in rising order. */
function* curves(
  bids: readonly AuctionLevel[],
  asks: readonly AuctionLevel[],
  reference: number,
): Generator<readonly [priceTicks: number, demandLots: number, supplyLots: number]> {
  const highest = bids[0]![0];
  const lowest = asks[0]![0];
  // Both curves are flat between levels, so that the nearest price to the reference is at the end of a flat part or the reference.
  const prices = new Set<number>([reference]);
  let demand = 0;
  for (const [price, lots] of bids) {
    if (price < lowest) break;
    prices.add(price).add(price + 1);
    demand += lots;
  }
  for (const [price] of asks) {
    if (price > highest) break;
    prices.add(price).add(price - 1);
  }
  let supply = 0;
  let nextAsk = 0;
  let lastBid = bids.findLastIndex(([price]) => price >= lowest);
  for (const price of [...prices].sort((a, b) => a - b)) {
    if (price < lowest || price > highest) continue;
    while (nextAsk < asks.length && asks[nextAsk]![0] <= price) {
      supply += asks[nextAsk]![1];
      nextAsk += 1;
    }
    while (lastBid >= 0 && bids[lastBid]![0] < price) {
      demand -= bids[lastBid]![1];
      lastBid -= 1;
    }
    yield [price, demand, supply];
  }
}
