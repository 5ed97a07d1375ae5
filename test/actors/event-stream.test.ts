import test from 'ava';
import { createEventSource } from '../../src/actors/event-stream.ts';

test('a listener that throws keeps nobody from the event', (t) => {
  const errors: unknown[] = [];
  const source = createEventSource<number>((error) => errors.push(error));
  const got: number[] = [];
  const stop = source.subscribe(() => {
    throw new Error('a bug in a listener');
  });
  source.subscribe((event) => got.push(event));
  source.publish(1);
  stop();
  source.publish(2);
  t.deepEqual(got, [1, 2]);
  t.is(errors.length, 1);
});
