import test from 'ava';
import { alternate } from '../../../bench/harness/alternate.ts';
import { median, percentile, percentiles } from '../../../bench/harness/statistics.ts';

test('the median is the middle, or the mean of the two in the middle', (t) => {
  t.is(median([3, 1, 2]), 2);
  t.is(median([4, 1, 3, 2]), 2.5);
  t.throws(() => median([]), { instanceOf: RangeError });
});

test('a percentile is the value that this part does not exceed', (t) => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  t.is(percentile(values, 0.5), 50);
  t.is(percentile(values, 0.99), 99);
  t.is(percentile(values, 1), 100);
  t.is(percentile([7], 0.01), 7);
  t.deepEqual(percentiles(values, [0.5, 0.999]), { p50: 50, 'p99.9': 100 });
});

test('candidates run in turns and the first turn does not count', async (t) => {
  const order: string[] = [];
  const candidate = (name: string) => () => order.push(name);
  const results = await alternate({ a: candidate('a'), b: candidate('b') }, 2);
  t.deepEqual(order, ['a', 'b', 'a', 'b', 'a', 'b']);
  t.deepEqual(results, { a: [3, 5], b: [4, 6] });
});
