import test from 'ava';
import { fuzz } from '../../fuzz/fuzz.ts';
import { fuzzSockets } from '../../fuzz/sockets.ts';
import { startTestExchange } from '../../support/running-exchange.ts';
import { assertVerified } from '../../support/verified.ts';

test('whatever is sent, the answer is one of the document, and what is refused changes nothing', async (t) => {
  const { server, baseUrl, pool } = await startTestExchange(t, { trustProxy: true });
  const target = { baseUrl, pool, backlog: () => server.exchange.backlog() };
  const result = await fuzz(target, { requests: 2_000, seed: 1 });
  t.deepEqual(result.broken, [], result.broken.join('\n\n'));
  const { statuses, accepted, refusedAndCompared } = result;
  t.log(Object.fromEntries(statuses), `${accepted.size} routes took something`);
  // A fuzzer that never gets past the door finds nothing.
  t.true(accepted.size > 30, [...accepted.keys()].join());
  t.true(refusedAndCompared > result.requests / 5, String(refusedAndCompared));
  t.true((statuses.get(429) ?? 0) < result.requests / 10, 'limits hide the rest');
  await assertVerified(t, pool);
});

test('whatever frame is sent, it is answered with what the document has, and what is refused changes nothing', async (t) => {
  const { server, baseUrl, pool } = await startTestExchange(t, { trustProxy: true });
  const target = { baseUrl, pool, backlog: () => server.exchange.backlog() };
  const { codes, broken, refusedAndCompared, frames } = await fuzzSockets(target, { frames: 1_500, seed: 1 });
  t.deepEqual(broken, [], broken.join('\n\n'));
  t.log(Object.fromEntries(codes));
  t.true((codes.get('ok') ?? 0) > frames / 20);
  t.true(refusedAndCompared > frames / 5, String(refusedAndCompared));
  await assertVerified(t, pool);
});
