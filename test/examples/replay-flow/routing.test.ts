import test from 'ava';
import { createRouting } from '../../../examples/replay-flow/routing.ts';

const IDS = Array.from({ length: 100_000 }, (_, index) => String(62_000_000 + index));

function countByConnection(route: (id: string) => number, connections: number): number[] {
  const counts = Array.from({ length: connections }, () => 0);
  for (const id of IDS) counts[route(id)]! += 1;
  return counts;
}

test('fast: neighbours are spread evenly, and an order always goes the same way', (t) => {
  const route = createRouting(16, false);
  for (const count of countByConnection(route, 16)) {
    t.true(count > (0.95 * IDS.length) / 16 && count < (1.05 * IDS.length) / 16, String(count));
  }
  t.deepEqual(IDS.slice(0, 100).map(createRouting(16, false)), IDS.slice(0, 100).map(route));
  t.is(route('not a number'), route('not a number'));
});

test('in order: neighbours go together, and all connections are used in the end', (t) => {
  const route = createRouting(4, true);
  const changes = IDS.filter((id, index) => index > 0 && route(id) !== route(IDS[index - 1]!)).length;
  t.true(changes < 30, String(changes));
  t.true(countByConnection(route, 4).every((count) => count > 0));
});
