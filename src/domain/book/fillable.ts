import type { BookState, PriceBounds } from './book-state.ts';
import { BUY, CANCEL_OLDEST } from './commands.ts';
import { FLAGS_OWNER_SHIFT, SLOT_FLAGS, SLOT_NEXT, SLOT_REMAINING } from './order-slots.ts';
import type { PriceLevels } from './price-levels.ts';
import { LEVEL_HEAD } from './price-levels.ts';
import type { Taker } from './taker.ts';

const ANY_PRICE: PriceBounds = Object.freeze({ lowTicks: 1, highTicks: Number.MAX_SAFE_INTEGER });

/** Whether a taker can trade so much at once: within the bounds, and without too many events. */
export function fillable(
  state: BookState,
  makers: PriceLevels,
  taker: Taker,
  quantity: number,
  crossKey: number,
): boolean {
  const { lowTicks, highTicks } = state.bounds ?? ANY_PRICE;
  const isBuy = taker.side === BUY;
  const lastKey = Math.max(crossKey, makers.keyOf(isBuy ? highTicks : lowTicks));
  const firstKey = makers.keyOf(isBuy ? lowTicks : highTicks);
  if (!makers.holds(quantity, lastKey)) return false;
  // Where each lot may have its trade, and each trade a refill, nothing has to be counted.
  if (taker.avoids === 0 && 2 * quantity <= state.mostEvents) return makers.bestKey <= firstKey;
  return canTrade(state, makers, taker, quantity, firstKey, lastKey);
}

/**
 * A taker trades past its owner's orders when they are canceled on the way, otherwise only with what is before the first of
 * them. Hidden lots of a level come after all that is shown there.
 */
function canTrade(
  state: BookState,
  makers: PriceLevels,
  taker: Pick<Taker, 'avoids' | 'selfTrade'>,
  quantity: number,
  firstKey: number,
  lastKey: number,
): boolean {
  const { ints, doubles } = state.slots;
  const { avoids } = taker;
  const passes = taker.selfTrade === CANCEL_OLDEST;
  let missing = quantity;
  let events = 0;
  for (const level of makers.levelsDownTo(lastKey)) {
    const isBeforeFirst = makers.keyOf(makers.priceOfLevel(level)) > firstKey;
    let hidden = 0;
    let refills = 0;
    for (let slot = makers.ints[level + LEVEL_HEAD]!; slot !== 0; slot = ints[slot + SLOT_NEXT]!) {
      if (events > state.mostEvents) return false;
      if (avoids !== 0 && ints[slot + SLOT_FLAGS]! >> FLAGS_OWNER_SHIFT === avoids) {
        // That it made way is told, and that it ended.
        events += 2;
        if (passes) continue;
        return missing <= 0;
      }
      if (isBeforeFirst) return false;
      missing -= doubles[(slot >> 1) + SLOT_REMAINING]!;
      events += 1;
      if (missing <= 0) return events <= state.mostEvents;
      const more = state.hiddenOf(slot);
      if (more === 0) continue;
      hidden += more;
      refills += Math.ceil(more / state.displayOf(slot));
    }
    if (hidden === 0) continue;
    // Each refill is told, and traded; how many of a level's are needed is not worth reckoning.
    events += 2 * refills;
    missing -= hidden;
    if (missing <= 0) return events <= state.mostEvents;
  }
  return missing <= 0;
}
