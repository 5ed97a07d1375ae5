import test from 'ava';
import { sql } from 'slonik';
import { pruneAccountEvents } from '../../../src/db/account-events.ts';
import { createTestDatabase } from '../../support/database.ts';
import { TestClient } from './client.ts';
import { startScriptedGateway } from './scripted-gateway.ts';

const ACCOUNT = 1000;

async function start(
  t: Parameters<typeof createTestDatabase>[0] & Parameters<typeof startScriptedGateway>[0],
) {
  const { pool } = await createTestDatabase(t);
  const gateway = await startScriptedGateway(t, { pool });
  let stored = 0;
  return {
    ...gateway,
    pool,
    /** Stores the account's next frames, as a commit does. */
    async commit(count: number): Promise<void> {
      const frames = Array.from({ length: count }, (_, i) => stored + i + 1);
      stored += count;
      const payload = (sequence: number) =>
        JSON.stringify({
          ...gateway.accountFrame(ACCOUNT, sequence),
          accountId: undefined,
          sequence: undefined,
        });
      await pool.query(sql.unsafe`
        insert into account_events (account_id, seq, batch_no, payload)
        select ${ACCOUNT}, seq, seq, convert_to(payload, 'UTF8')
        from ${sql.unnest(
          frames.map((sequence) => [sequence, payload(sequence)]),
          ['int8', 'text'],
        )} as f (seq, payload)`);
      await pool.query(sql.unsafe`
        insert into account_streams (account_id, seq) values (${ACCOUNT}, ${stored})
        on conflict (account_id) do update set seq = ${stored}`);
    },
    publish(sequence: number): void {
      gateway.accountFrames.publish(gateway.accountFrame(ACCOUNT, sequence));
    },
    async signIn(): Promise<TestClient> {
      const client = await TestClient.connect(t, gateway.url);
      await client.ask('authenticate', { token: gateway.tokens.issue(ACCOUNT) });
      return client;
    },
  };
}

async function sequences(client: TestClient, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i += 1) {
    seen.push((await client.event('account')).sequence);
  }
  return seen;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('live frames hold the sections subscribed to, for the account’s sockets only', async (t) => {
  const exchange = await start(t);
  await exchange.commit(4);
  const [first, second] = [await exchange.signIn(), await exchange.signIn()];
  const stranger = await TestClient.connect(t, exchange.url);
  await stranger.ask('authenticate', { token: exchange.tokens.issue(1001) });
  await stranger.ask('subscribe', { channel: 'balances' });
  t.deepEqual(await first.ask('subscribe', { channel: 'balances' }), { channel: 'balances', sequence: 4 });
  await first.ask('subscribe', { channel: 'orders' });
  await second.ask('subscribe', { channel: 'fills' });
  exchange.publish(5);
  t.deepEqual(await first.event('account'), {
    channel: 'account',
    sequence: 5,
    data: { orders: [], balances: [{ asset: 'BTC', balance: '5', locked: '0', available: '5' }] },
  });
  t.deepEqual(await second.event('account'), { channel: 'account', sequence: 5, data: { fills: [] } });
  await first.ask('unsubscribe', { channel: 'balances' });
  exchange.publish(6);
  t.deepEqual(await first.event('account'), { channel: 'account', sequence: 6, data: { orders: [] } });
  await stranger.ask('ping');
  t.deepEqual(stranger.frames, []);
});

test('a channel resumes after a sequence: what was missed, then live, each frame once', async (t) => {
  const exchange = await start(t);
  await exchange.commit(700);
  const client = await exchange.signIn();
  const id = client.send('subscribe', { channel: 'orders', fromSequence: 150 });
  client.send('subscribe', { channel: 'fills', fromSequence: 690 });
  // The answer comes first. While older frames are replayed new ones are committed and told.
  t.deepEqual((await client.take((frame) => frame.id === id)).result, { channel: 'orders', sequence: 150 });
  for (const sequence of range(701, 740)) {
    await exchange.commit(1);
    exchange.publish(sequence);
  }
  exchange.publish(741);
  const seen = { orders: [] as number[], fills: [] as number[] };
  while (seen.orders.at(-1) !== 741 || seen.fills.at(-1) !== 741) {
    const { sequence, data } = await client.event('account');
    if ('orders' in data) seen.orders.push(sequence);
    if ('fills' in data) seen.fills.push(sequence);
  }
  t.deepEqual(seen, { orders: range(151, 741), fills: range(691, 741) });
});

test('a frame that is told after the log was read up to it does not come twice', async (t) => {
  const exchange = await start(t);
  await exchange.commit(3);
  const client = await exchange.signIn();
  await client.ask('subscribe', { channel: 'orders', fromSequence: 1 });
  exchange.publish(3);
  exchange.publish(4);
  t.deepEqual(await sequences(client, 3), [2, 3, 4]);
});

test('a sequence that is too old or not reached is refused', async (t) => {
  const exchange = await start(t);
  await exchange.commit(30);
  t.is(await pruneAccountEvents(exchange.pool, { keep: 10, afterAccountId: 0, accounts: 1 }), ACCOUNT);
  t.is(
    await pruneAccountEvents(exchange.pool, { keep: 10, afterAccountId: ACCOUNT, accounts: 1 }),
    undefined,
  );
  const client = await exchange.signIn();
  const code = async (fromSequence: number) =>
    (await client.request('subscribe', { channel: 'orders', fromSequence })).error?.code;
  t.is(await code(19), 'sequence_too_old');
  t.is(await code(31), 'sequence_not_reached');
  t.is(await code(30), undefined);
  t.is(await code(20), undefined);
  t.deepEqual(await sequences(client, 10), range(21, 30));
});

test('an ended session ends the private channels', async (t) => {
  const exchange = await start(t);
  const client = await exchange.signIn();
  await client.ask('subscribe', { channel: 'orders' });
  exchange.tokens.endSession(`session-${ACCOUNT}`);
  await client.event('system');
  exchange.publish(1);
  await client.ask('ping');
  t.deepEqual(client.frames, []);
});
