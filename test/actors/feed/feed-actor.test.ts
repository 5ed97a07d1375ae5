import test from 'ava';
import { createActorSystem, tell } from '../../../src/actors/actor.ts';
import { Feed } from '../../../src/actors/feed/feed.ts';
import { spawnFeedActor } from '../../../src/actors/feed/feed-actor.ts';
import type { PublicEvent } from '../../../src/actors/ports.ts';
import { testMarket, trade } from './market.ts';

const market = testMarket();

/** A feed actor and the events it told; `next` resolves with the next trades event. */
function start(t: { teardown(end: () => void): void }, now: () => number) {
  const system = createActorSystem();
  const trades: PublicEvent[] = [];
  let wake = () => {};
  const actor = spawnFeedActor(system.root, {
    symbol: market.symbol,
    feed: new Feed(market),
    publish(event) {
      if (event.channel !== 'trades') return;
      trades.push(event);
      wake();
    },
    now,
    onCrash: (_message, error) => {
      throw error;
    },
  });
  // The actor's own timer doesn't keep the process.
  const alive = setInterval(() => {}, 60_000);
  t.teardown(() => {
    clearInterval(alive);
    actor.stop();
    system.stop();
  });
  let seq = 0;
  return {
    actor,
    trades,
    commit(atMs: number) {
      seq += 1;
      const trades = [trade(seq, 100, 1, atMs)];
      tell(actor.ref, {
        type: 'committed',
        seq,
        atMs,
        levels: [],
        trades,
        status: 'open',
        auctionEndsAtMs: null,
        clearing: null,
      });
    },
    async told(count: number) {
      while (trades.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return trades.map((event) => (event.channel === 'trades' ? event.trades.map(({ id }) => id) : []));
    },
  };
}

test('what comes within the interval is told by the timer, without another message', async (t) => {
  const feed = start(t, Date.now);
  feed.commit(Date.now());
  await feed.told(1);
  feed.commit(Date.now());
  feed.commit(Date.now());
  const told = await feed.told(2);
  t.deepEqual(told.flat(), ['1', '2', '3']);
});

test('a clock that is set back an hour holds nothing up', async (t) => {
  let backMs = 0;
  const feed = start(t, () => Date.now() - backMs);
  feed.commit(Date.now());
  await feed.told(1);
  backMs = 3_600_000;
  feed.commit(Date.now() - backMs);
  t.deepEqual((await feed.told(2)).flat(), ['1', '2']);
});
