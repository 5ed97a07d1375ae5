import test from 'ava';
import { LatencyHistogram } from '../../../examples/client/latency.ts';

test('percentiles are right to two per cent', (t) => {
  const latency = new LatencyHistogram();
  t.is(latency.percentileMs(0.5), 0);
  for (let value = 1; value <= 10_000; value += 1) latency.add(value / 100);
  for (const [share, exact] of [
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ] as const) {
    const found = latency.percentileMs(share);
    t.true(found >= exact * 0.999 && found <= exact * 1.021, `${share}: ${found}`);
  }
});

test('what is out of range counts at its end', (t) => {
  const latency = new LatencyHistogram();
  latency.add(0);
  t.true(latency.percentileMs(1) < 0.002);
  latency.add(1e9);
  t.true(latency.percentileMs(1) > 300_000);
});
