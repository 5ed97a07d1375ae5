import test from 'ava';
import { Fifo } from '../../src/domain/fifo.ts';

test('what comes first goes first, also when more comes in between', (t) => {
  const fifo = new Fifo<number>();
  t.is(fifo.take(), undefined);
  fifo.add(1);
  fifo.add(2);
  t.is(fifo.take(), 1);
  fifo.add(3);
  t.deepEqual([...fifo], [2, 3]);
  t.is(fifo.size, 2);
  t.is(fifo.take(), 2);
  t.is(fifo.take(), 3);
  t.is(fifo.take(), undefined);
  t.is(fifo.size, 0);
});
