/** Where a call auction would trade now. */
export interface Clearing {
  readonly priceTicks: number;
  readonly volumeLots: bigint;
  /** What buyers want more at that price than sellers offer, in lots; negative where it is the other way. */
  readonly surplusLots: bigint;
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
  const bidCount = countUntil(bids, (price) => price < lowest);
  const askCount = countUntil(asks, (price) => price > highest);
  let best: Clearing | null = null;
  // A side may have more lots than a double can count.
  let demandLots = 0n;
  for (let index = 0; index < bidCount; index += 1) demandLots += BigInt(bids[index]![1]);
  let supplyLots = 0n;
  let nextAsk = 0;
  let lastBid = bidCount - 1;
  // Both curves are flat between levels, so that the nearest price to the reference is at an end of a flat part, or the
  // reference itself: of every price just before, at and behind a level the lowest that has not been looked at is next.
  for (let priceTicks = lowest; priceTicks <= highest; ) {
    while (nextAsk < askCount && asks[nextAsk]![0] <= priceTicks) {
      supplyLots += BigInt(asks[nextAsk]![1]);
      nextAsk += 1;
    }
    while (lastBid >= 0 && bids[lastBid]![0] < priceTicks) {
      demandLots -= BigInt(bids[lastBid]![1]);
      lastBid -= 1;
    }
    const volumeLots = demandLots < supplyLots ? demandLots : supplyLots;
    const clearing = { priceTicks, volumeLots, surplusLots: demandLots - supplyLots };
    if (best === null || isBetter(clearing, best, reference)) best = clearing;
    const bid = lastBid < 0 ? Number.POSITIVE_INFINITY : bids[lastBid]![0];
    const ask = nextAsk < askCount ? asks[nextAsk]![0] : Number.POSITIVE_INFINITY;
    const beforeAsk = ask - 1 > priceTicks ? ask - 1 : ask;
    const afterBid = bid > priceTicks ? bid : bid + 1;
    const toReference = reference > priceTicks ? reference : Number.POSITIVE_INFINITY;
    priceTicks = Math.min(beforeAsk, afterBid, toReference);
  }
  return best;
}

function countUntil(levels: readonly AuctionLevel[], isBeyond: (priceTicks: number) => boolean): number {
  const first = levels.findIndex(([price]) => isBeyond(price));
  return first < 0 ? levels.length : first;
}

function isBetter(a: Clearing, b: Clearing, reference: number): boolean {
  if (a.volumeLots !== b.volumeLots) return a.volumeLots > b.volumeLots;
  const [surplus, other] = [sizeOf(a.surplusLots), sizeOf(b.surplusLots)];
  if (surplus !== other) return surplus < other;
  // Prices come in rising order, so of two that are as near the lower one stays.
  return Math.abs(a.priceTicks - reference) < Math.abs(b.priceTicks - reference);
}

function sizeOf(lots: bigint): bigint {
  return lots < 0n ? -lots : lots;
}
