import type { BookState } from './book-state.ts';
import { BUY, CANCEL_OLDEST } from './commands.ts';
import { FLAGS_OWNER_SHIFT, SLOT_FLAGS, SLOT_NEXT, SLOT_REMAINING } from './order-slots.ts';
import type { PriceLevels } from './price-levels.ts';
import { LEVEL_HEAD } from './price-levels.ts';
import type { Taker } from './taker.ts';

/** Whether a taker can trade so much at once, within the bounds. */
export function fillable(
  state: BookState,
  makers: PriceLevels,
  taker: Taker,
  quantity: number,
  crossKey: number,
): boolean {
  const { lowTicks, highTicks } = state.bounds;
  const isBuy = taker.side === BUY;
  const lastKey = Math.max(crossKey, makers.keyOf(isBuy ? highTicks : lowTicks));
  const firstKey = makers.keyOf(isBuy ? lowTicks : highTicks);
  if (!makers.holds(quantity, lastKey)) return false;
  return taker.avoids === 0
    ? makers.bestKey <= firstKey
    : canTrade(state, makers, taker, quantity, firstKey, lastKey);
}

/**
 * Whether a taker that avoids its owner's orders can trade this quantity at once: past them when they are canceled on the
 * way, otherwise only with what is before the first of them. Hidden lots of a level come after all that is shown there.
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
  const passes = taker.selfTrade === CANCEL_OLDEST;
  let missing = quantity;
  for (const level of makers.levelsDownTo(lastKey)) {
    const isBeforeFirst = makers.keyOf(makers.priceOfLevel(level)) > firstKey;
    let hidden = 0;
    for (let slot = makers.ints[level + LEVEL_HEAD]!; slot !== 0; slot = ints[slot + SLOT_NEXT]!) {
      if (ints[slot + SLOT_FLAGS]! >> FLAGS_OWNER_SHIFT === taker.avoids) {
        if (passes) continue;
        return missing <= 0;
      }
      if (isBeforeFirst) return false;
      missing -= doubles[(slot >> 1) + SLOT_REMAINING]!;
      hidden += state.hiddenOf(slot);
    }
    missing -= hidden;
    if (missing <= 0) return true;
  }
  return missing <= 0;
}
