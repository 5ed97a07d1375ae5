import fc from 'fast-check';
import type { SelfTradeMode, Side, TimeInForce } from '../../src/domain/book/commands.ts';
import { GTC, IOC } from '../../src/domain/book/commands.ts';
import type { BookCommand } from './book-command.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** Around the market, around it with gaps, past any window, and at the ends of what is possible. */
const price = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 990, max: 1010 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 ** 24 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 2 ** 32, MAX) },
);
const quantity = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 50 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX }) },
);
const sometimes = (max: number) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max }) });

/** What fast-check draws for a command; `commandsOf` leaves out what does not go together. */
export const draft = fc.record({
  op: fc.constantFrom(...(['place', 'place', 'place', 'place', 'cancel', 'replace', 'reduce'] as const)),
  side: fc.constantFrom<Side>(0, 1),
  price,
  quantity,
  timeInForce: fc.constantFrom<TimeInForce>(0, 0, 0, 0, 1, 2),
  postOnly: fc.constantFrom(true, false, false),
  budget: sometimes(200_000),
  minimum: sometimes(60),
  display: sometimes(10),
  owner: fc.constantFrom(0, 1, 2, 3),
  selfTrade: fc.constantFrom<SelfTradeMode>(0, 1, 2, 3, 4),
  which: fc.double({ min: 0, max: 1, noNaN: true }),
  idGap: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 200, 100_000),
});
export type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

/**
 * Turns drafts into commands that are well-formed: ids in sequence, price × quantity below 2^53.
 *
 * @param gathering whether nothing may trade, as while an auction gathers orders.
 */
export function commandsOf(drafts: readonly Draft[], firstId: number, gathering = false): BookCommand[] {
  const placed: number[] = [firstId];
  let nextId = firstId;
  return drafts.map((d): BookCommand => {
    // Recent ids more often than old ones, because those are more likely to be open.
    const id = placed[Math.floor((1 - d.which ** 3) * (placed.length - 1))]!;
    if (d.op === 'cancel') return { op: 'cancel', id };
    if (d.op === 'reduce') return { op: 'reduce', id, byLots: Math.ceil(d.quantity / 4) };
    const timeInForce = gathering ? GTC : d.timeInForce;
    const rests = timeInForce === GTC || d.op === 'replace';
    const quantityLots = Math.min(d.quantity, Math.floor(MAX / d.price));
    // Each refill is an event, so a large iceberg must not show a lot at a time.
    const displayLots = d.display === 0 ? 0 : Math.max(d.display, Math.ceil(quantityLots / 50));
    const terms = {
      priceTicks: d.price,
      quantityLots,
      owner: d.owner,
      selfTrade: d.owner === 0 ? 0 : d.selfTrade,
      displayLots: rests ? displayLots : 0,
      postOnly: rests && d.postOnly,
      unmatched: gathering,
    };
    if (d.op === 'replace') return { op: 'replace', id, ...terms };
    nextId += d.idGap;
    placed.push(nextId);
    const quoteBudget = d.side === 0 && timeInForce === IOC ? d.budget : 0;
    const minimumLots = timeInForce === IOC && quoteBudget === 0 ? d.minimum : 0;
    return { op: 'place', id: nextId, side: d.side, timeInForce, quoteBudget, minimumLots, ...terms };
  });
}
