import test from 'ava';
import fc from 'fast-check';
import { TrailingStops } from '../../../src/domain/markets/trailing-stops.ts';
import { followedStop, type Trigger } from '../../../src/domain/orders/order-terms.ts';

const trigger = fc.record({
  stopTicks: fc.integer({ min: 1, max: 200 }),
  fires: fc.constantFrom('above' as const, 'below' as const),
  distance: fc.constantFrom({ trailTicks: 1 }, { trailTicks: 30 }, { trailPpm: 50_000 }, { trailPpm: 1_000 }),
});
const step = fc.oneof(
  fc.record({ add: trigger }),
  fc.record({ remove: fc.nat(20) }),
  fc.record({
    price: fc.integer({ min: 1, max: 200 }),
    fires: fc.constantFrom(undefined, 'above' as const, 'below' as const),
  }),
);

test('those that a price leaves behind are found, and no others', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const stops = new TrailingStops<number>();
      const all = new Map<number, Trigger>();
      for (const [id, next] of steps.entries()) {
        if ('add' in next) {
          const { distance, ...rest } = next.add;
          all.set(id, { ...rest, ...distance });
          stops.add(all.get(id)!, id);
        } else if ('remove' in next) {
          const removed = [...all.keys()][next.remove];
          if (removed === undefined) continue;
          stops.remove(removed);
          all.delete(removed);
        } else {
          const byId = [...all].sort(([a], [b]) => a - b);
          const expected = byId.flatMap(([key, one]) => {
            const to = followedStop(one, next.price);
            return to === undefined || (next.fires ?? one.fires) !== one.fires ? [] : [[key, to] as const];
          });
          const moved = stops.takeMoved(next.price, next.fires);
          t.deepEqual(
            moved.toSorted(([a], [b]) => a - b),
            expected,
          );
          for (const [key, stopTicks] of moved) {
            all.set(key, { ...all.get(key)!, stopTicks });
            stops.add(all.get(key)!, key);
          }
        }
      }
    }),
  );
});
