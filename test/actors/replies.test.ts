import test from 'ava';
import { createReplies } from '../../src/actors/replies.ts';

test('an answer reaches who waits for it, once', async (t) => {
  const replies = createReplies(10_000);
  t.teardown(() => replies.close());
  const [first, second] = [replies.expect(), replies.expect()];
  t.not(first.replyTo, second.replyTo);
  t.is(replies.waiting, 2);
  replies.resolve(second.replyTo, { type: 'done' });
  t.deepEqual(await second.reply, { type: 'done' });
  replies.resolve(second.replyTo, { type: 'done' });
  replies.resolve(0, { type: 'done' });
  t.is(replies.waiting, 1);
});

test('who waits too long is told that nothing came', async (t) => {
  const replies = createReplies(1);
  t.teardown(() => replies.close());
  // The sweep is a timer that keeps no process alive; this one does.
  const alive = setInterval(() => {}, 50);
  t.is(await replies.expect().reply, undefined);
  clearInterval(alive);
  t.is(replies.waiting, 0);
});

test('at the end everybody is told', async (t) => {
  const replies = createReplies(10_000);
  const waiting = [replies.expect().reply, replies.expect().reply];
  replies.close();
  t.deepEqual(await Promise.all(waiting), [undefined, undefined]);
});

test('after the end nobody is kept waiting who still asks', async (t) => {
  const replies = createReplies(10_000);
  replies.close();
  t.is(await replies.expect().reply, undefined);
  t.is(replies.waiting, 0);
});
