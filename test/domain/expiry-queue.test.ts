import test from 'ava';
import fc from 'fast-check';
import { ExpiryQueue } from '../../src/domain/expiry-queue.ts';

const byNumber = (a: number, b: number) => a - b;

test('the first item is at hand whatever was added and removed', (t) => {
  const step = fc.record({ item: fc.nat(60), removes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const queue = new ExpiryQueue(byNumber);
      const expected = new Set<number>();
      for (const { item, removes } of steps) {
        if (removes) queue.remove(item);
        else if (!expected.has(item)) queue.add(item);
        if (removes) expected.delete(item);
        else expected.add(item);
        t.is(queue.first, [...expected].sort(byNumber)[0]);
        t.is(queue.size, expected.size);
      }
      for (const item of [...expected].sort(byNumber)) {
        t.is(queue.first, item);
        queue.remove(item);
      }
      t.is(queue.first, undefined);
    }),
  );
});

test('an item is in it once', (t) => {
  const queue = new ExpiryQueue(byNumber);
  queue.add(1);
  t.throws(() => queue.add(1));
});
