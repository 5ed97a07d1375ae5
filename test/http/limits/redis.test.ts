import anyTest from 'ava';
import pino from 'pino';
import { createRedisCounters } from '../../../src/http/limits/counters.ts';
import { RequestLimits } from '../../../src/http/limits/request-limits.ts';
import { NO_LIMITS } from '../../support/limits.ts';
import { redisTestsAreOff, startRedis } from '../../support/redis.ts';

const test = redisTestsAreOff ? anyTest.skip : anyTest;
const log = pino({ level: 'silent' });

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('several processes count tries and requests together', async (t) => {
  const redis = await startRedis(t);
  const [a, b] = [createRedisCounters(redis.url, log), createRedisCounters(redis.url, log)];
  t.teardown(() => Promise.all([a.close(), b.close()]));
  const [here, there] = [a.counter('code', 60), b.counter('code', 60)];
  // Until both are connected each counts for itself.
  await until(async () => {
    const name = `connected ${Math.random()}`;
    await here.add(name);
    return (await there.add(name)).consumed === 2;
  });
  t.is((await here.add('alice', 3)).consumed, 3);
  t.is((await there.add('alice', 4)).consumed, 7);
  t.is((await here.add('alice', -1)).consumed, 6);
  t.is((await there.add('bob')).consumed, 1);
  t.is((await b.counter('other', 60).add('alice')).consumed, 1);
  const { msLeft } = await here.add('alice');
  t.true(msLeft > 0 && msLeft <= 60_000);

  const limits = [a, b].map((counters) => new RequestLimits(NO_LIMITS, counters, Date.now));
  for (const one of limits) for (let count = 0; count < 10; count += 1) one.takeOfAddress('192.0.2.1', 1);
  await until(() => limits.every((one) => one.takeOfAddress('192.0.2.1', 0).consumed === 20));
  t.pass();
});

test('while Redis is away each process counts for itself, and nobody waits or fails', async (t) => {
  const redis = await startRedis(t);
  const counters = createRedisCounters(redis.url, log);
  t.teardown(() => counters.close());
  const counter = counters.counter('code', 60);
  const limits = new RequestLimits(NO_LIMITS, counters, Date.now);
  await until(async () => (await counter.add('alice')).consumed >= 2);
  await redis.stop();
  const before = await counter.add('bob');
  t.is((await counter.add('bob')).consumed, before.consumed + 1);
  for (let count = 1; count <= 5; count += 1) t.is(limits.takeOfAddress('192.0.2.1', 1).consumed, count);
  await redis.start();
  const other = createRedisCounters(redis.url, log);
  t.teardown(() => other.close());
  await until(async () => {
    const name = `back ${Math.random()}`;
    await counter.add(name);
    return (await other.counter('code', 60).add(name)).consumed === 2;
  });
  t.is(limits.takeOfAddress('192.0.2.1', 1).consumed, 6);
});
