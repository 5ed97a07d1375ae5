import test from 'ava';
import fc from 'fast-check';
import type { SharedCount } from '../../../src/http/limits/counters.ts';
import { countedAddress } from '../../../src/http/limits/networks.ts';
import { Windows } from '../../../src/http/limits/windows.ts';

test('counts what each name did since its window began, and never less than nothing', (t) => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    points: fc.integer({ min: -5, max: 10 }),
    afterMs: fc.integer({ min: 0, max: 4_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let nowMs = 1_000_000;
      const windows = new Windows({ seconds: 10, now: () => nowMs });
      const model = new Map<string, { consumed: number; endsAtMs: number }>();
      for (const { name, points, afterMs } of steps) {
        nowMs += afterMs;
        const before = model.get(name);
        const under = before !== undefined && before.endsAtMs > nowMs ? before : undefined;
        const expected = {
          consumed: Math.max(0, (under?.consumed ?? 0) + points),
          endsAtMs: under?.endsAtMs ?? nowMs + 10_000,
        };
        model.set(name, expected);
        t.deepEqual({ ...windows.add(name, points) }, expected);
      }
    }),
  );
});

test('giving back begins no window', (t) => {
  let nowMs = 0;
  const windows = new Windows({ seconds: 10, now: () => nowMs });
  windows.giveBack('a', 3);
  windows.add('a', 2);
  nowMs = 10_000;
  windows.giveBack('a', 1);
  t.deepEqual({ ...windows.add('a', 1) }, { consumed: 1, endsAtMs: 20_000 });
});

test('remembers only so many names', (t) => {
  const windows = new Windows({ seconds: 10, now: () => 0, maxNames: 100 });
  for (let index = 0; index < 1_000; index += 1) windows.add(String(index), 5);
  t.is(windows.add('999', 1).consumed, 6);
  t.is(windows.add('0', 1).consumed, 1);
});

test('takes over what a shared store has counted, when it comes', (t) => {
  const told: Parameters<SharedCount>[2][] = [];
  const shared: SharedCount = (_name, _points, onTold) => told.push(onTold);
  let nowMs = 0;
  const windows = new Windows({ seconds: 10, now: () => nowMs, shared });
  t.is(windows.add('a', 1).consumed, 1);
  told[0]!({ consumed: 40, endsAtMs: 4_000 });
  t.deepEqual({ ...windows.add('a', 1) }, { consumed: 41, endsAtMs: 4_000 });
  told[1]!({ consumed: 30, endsAtMs: 4_000 });
  t.is(windows.add('a', 1).consumed, 42, 'what was counted here is not forgotten');
  nowMs = 4_000;
  t.is(windows.add('a', 1).consumed, 1);
  told[2]!({ consumed: 99, endsAtMs: 4_000 });
  t.is(windows.add('a', 1).consumed, 2, 'it was of the window before');
});

test('an IPv6 client is its network of 64 bits, an IPv4 client its address', (t) => {
  const same = (a: string, b: string) => t.is(countedAddress(a), countedAddress(b), `${a} ${b}`);
  const differ = (a: string, b: string) => t.not(countedAddress(a), countedAddress(b), `${a} ${b}`);
  t.is(countedAddress('192.0.2.7'), '192.0.2.7');
  t.is(countedAddress('::ffff:192.0.2.7'), '192.0.2.7');
  t.is(countedAddress('nonsense'), 'nonsense');
  same('2001:db8:1:2::1', '2001:0DB8:1:2:ffff:ffff:ffff:ffff');
  same('2001:db8::1', '2001:db8:0:0:5:6:7:8');
  same('::1', '::2');
  same('fe80::1%eth0', 'fe80::2');
  differ('2001:db8:1:2::1', '2001:db8:1:3::1');
  differ('192.0.2.7', '192.0.2.8');
});
