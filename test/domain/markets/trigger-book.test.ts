import test from 'ava';
import fc from 'fast-check';
import { TriggerBook } from '../../../src/domain/markets/trigger-book.ts';
import type { Trigger } from '../../../src/domain/orders/order-terms.ts';
import { trailedStop } from '../../../src/domain/orders/order-terms.ts';

interface Waiting {
  readonly name: number;
  readonly trigger: Trigger;
}

test('what waits fires at its price, nearest first and of one price in the order of arrival', (t) => {
  const step = fc.record({
    kind: fc.constantFrom('add' as const, 'add' as const, 'remove' as const, 'price' as const),
    stopTicks: fc.integer({ min: 1, max: 30 }),
    fires: fc.constantFrom('above' as const, 'below' as const),
    which: fc.nat(50),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const book = new TriggerBook<Waiting>();
      let waiting: Waiting[] = [];
      for (const [name, { kind, stopTicks, fires, which }] of steps.entries()) {
        if (kind === 'add') {
          const order = { name, trigger: { stopTicks, fires } };
          waiting.push(order);
          book.add(order.trigger, order);
        } else if (kind === 'remove') {
          const order = waiting[which % Math.max(1, waiting.length)];
          if (order === undefined) continue;
          waiting = waiting.filter((other) => other !== order);
          book.remove(order.trigger, order);
        } else {
          const due = (side: string) => (order: Waiting) =>
            order.trigger.fires === side &&
            (side === 'above' ? order.trigger.stopTicks <= stopTicks : order.trigger.stopTicks >= stopTicks);
          const above = waiting
            .filter(due('above'))
            .sort((a, b) => a.trigger.stopTicks - b.trigger.stopTicks);
          const below = waiting
            .filter(due('below'))
            .sort((a, b) => b.trigger.stopTicks - a.trigger.stopTicks);
          const expected = [...above, ...below];
          t.deepEqual(book.takeDue(stopTicks), expected);
          waiting = waiting.filter((order) => !expected.includes(order));
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('an order that does not wait can’t stop waiting', (t) => {
  const book = new TriggerBook<number>();
  const trigger: Trigger = { stopTicks: 5, fires: 'above' };
  book.add(trigger, 1);
  t.throws(() => book.remove(trigger, 2), { name: 'AssertionFailed' });
  t.throws(() => book.remove({ ...trigger, stopTicks: 6 }, 1), { name: 'AssertionFailed' });
});

test('a trailing stop is at its distance behind the price, in ticks or millionths, and never below a tick', (t) => {
  const below = { stopTicks: 1, fires: 'below' } as const;
  t.is(trailedStop({ ...below, trailTicks: 10 }, 100), 90);
  t.is(trailedStop({ ...below, trailPpm: 15_000 }, 1_000), 985);
  t.is(trailedStop({ ...below, trailTicks: 500 }, 100), 1);
  t.is(
    trailedStop({ ...below, fires: 'above', trailPpm: 1_000 }, 100_050),
    100_150,
    'the distance is rounded down',
  );
});
