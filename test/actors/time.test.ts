import test from 'ava';
import { Replay } from '../../src/actors/replay/replay.ts';
import { readLog } from '../../src/db/replay-source.ts';
import { mustBeOk, startTestExchange } from '../support/exchange.ts';

test('the clock is set back over a restart: trading time is not, and the log replays', async (t) => {
  const clock = { atMs: Date.UTC(2026, 0, 1, 12, 0, 30), now: () => clock.atMs };
  const before = await startTestExchange(t, { clock });
  const seller = await before.account({ BTC: '10' });
  const buyer = await before.account({ USD: '10000' });
  mustBeOk(await before.place(seller, { side: 'sell', quantity: '3' }));
  mustBeOk(await before.place(buyer, {}));

  clock.atMs -= 90_000;
  const after = await before.restart();
  const { order } = mustBeOk(await after.place(buyer, {}));
  t.is(order.createdAt, '2026-01-01T12:00:30.000Z');
  await after.exchange.stop('the log is read');

  const replay = new Replay();
  for await (const batch of readLog(after.pool)) await replay.apply(batch);
  replay.stop();
  t.true(replay.messages > 0);
});
