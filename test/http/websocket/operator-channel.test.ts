import test, { type ExecutionContext } from 'ava';
import pino from 'pino';
import { sql } from 'slonik';
import type { RequestWithdrawal } from '../../../src/actors/ports.ts';
import { DEFAULT_WITHDRAWAL_POLICY } from '../../../src/domain/withdrawals/withdrawal-policy.ts';
import { createFigures } from '../../../src/http/figures/figures.ts';
import { events } from '../../../src/http/websocket/events.ts';
import { createWebSocketGateway } from '../../../src/http/websocket/server.ts';
import { unlimitedRequests } from '../../support/limits.ts';
import { startTrading, type Trader } from '../trading.ts';
import { type Frame, TestClient } from './client.ts';

const CHANNEL = { channel: 'operator' };
const schemas = Object.values(events).map(({ schema }) => schema);

async function start(t: ExecutionContext) {
  const trading = await startTrading(t);
  const { server, exchange, tokens, pool } = trading;
  const figures = createFigures();
  t.teardown(() => figures.stop());
  const sockets = createWebSocketGateway({
    requestLimits: unlimitedRequests(),
    server,
    exchange,
    tokens,
    pool,
    log: pino({ level: 'silent' }),
    limits: { closeTimeoutMs: 500, operatorRecheckMs: 100 },
    figures,
  });
  t.teardown(() => sockets.close('the test is over'));
  figures.start({ backlog: exchange.backlog, sockets: () => sockets.connectionCount, now: Date.now });

  async function connect(token?: string): Promise<TestClient> {
    const client = await TestClient.connect(t, trading.url);
    if (token !== undefined) await client.ask('authenticate', { token });
    return client;
  }
  async function listen({ token }: Trader): Promise<TestClient> {
    const client = await connect(token);
    t.deepEqual(await client.ask('subscribe', CHANNEL), CHANNEL);
    return client;
  }
  /** The next event of a kind; it has to be one that the AsyncAPI document describes. */
  async function heard(client: TestClient, type: string): Promise<Frame> {
    const frame = await client.take((one) => one.channel === 'operator' && one.type === type);
    t.true(
      schemas.some((schema) => schema.safeParse(frame).success),
      JSON.stringify(frame),
    );
    return frame.data;
  }
  return { ...trading, sockets, connect, listen, heard };
}

function withdrawalOf({ accountId, userId }: Trader): RequestWithdrawal {
  return {
    accountId: Number(accountId),
    userId: Number(userId),
    asset: 'USDT',
    amount: '60',
    fee: '1',
    network: 'simulated',
    address: 'sim1destination',
    clientWithdrawalId: null,
    unitValue: '1',
    flags: [],
  };
}

test('only operators in a session with a second factor hear the channel', async (t) => {
  const { connect, trader, operatorWith, pool } = await start(t);
  const refusedTo = async (token?: string) =>
    (await (await connect(token)).request('subscribe', CHANNEL)).error?.code;
  t.is(await refusedTo(), 'unauthenticated');
  t.is(await refusedTo((await trader()).token), 'forbidden');
  const unshown = await operatorWith('admin');
  await pool.query(sql.unsafe`
    update sessions set verified_at_ms = null where user_id = ${Number(unshown.userId)}`);
  t.is(await refusedTo(unshown.token), 'forbidden');
  t.is(await refusedTo((await operatorWith('viewer')).token), undefined);
});

test('operators hear of withdrawals, pauses, markets, health and alarms, each as documented', async (t) => {
  const { exchange, operator, trader, listen, heard, sockets } = await start(t);
  const client = await listen(operator);
  const person = await trader({ USDT: '1000' });

  const asked = await exchange.withdrawals.request(withdrawalOf(person));
  if (!asked.ok) return t.fail(asked.refusal.code);
  const id = String(asked.value.withdrawal.withdrawalNo);
  t.deepEqual(await heard(client, 'withdrawal'), { id, status: 'requested', version: 1 });

  await exchange.withdrawals.pause('a drill');
  t.like(await heard(client, 'pause'), { paused: { reason: 'a drill' } });
  await exchange.withdrawals.resume();
  t.deepEqual(await heard(client, 'pause'), { paused: null });

  // More than the policy lets pass: the exchange pauses them itself, and that is an alarm.
  const velocity = { windowMs: 3_600_000, value: '50', count: 500 };
  const policy = { ...DEFAULT_WITHDRAWAL_POLICY, valuationAsset: 'USDT', velocity };
  t.true((await exchange.withdrawals.setPolicy(policy)).ok);
  t.true((await exchange.withdrawals.confirm(Number(id), 0)).ok);
  t.like(await heard(client, 'pause'), { paused: { reason: 'velocity' } });
  t.like(await heard(client, 'alarm'), { source: 'withdrawals' });

  await operator.post('/v1/admin/markets/BTC-USDT/status', { status: 'halted' });
  const halted = await client.take(({ type, data }) => type === 'market' && data.status === 'halted');
  t.deepEqual(halted.data, { market: 'BTC-USDT', status: 'halted' });

  const { sockets: open } = await heard(client, 'health');
  t.is(open, 1);
  sockets.alarm({ source: 'custody', detail: 'BTC: 0.5 missing' });
  t.like(await heard(client, 'alarm'), { source: 'custody', detail: 'BTC: 0.5 missing' });
});

test('who is no operator any more, or whose factor is too old, hears no more and is cut', async (t) => {
  const { operatorWith, listen, pool } = await start(t);
  const demoted = await operatorWith('risk');
  const old = await operatorWith('risk');
  const stays = await listen(await operatorWith('risk'));
  const clients = [await listen(demoted), await listen(old)];
  await pool.query(sql.unsafe`update users set role = 'customer' where id = ${Number(demoted.userId)}`);
  await pool.query(sql.unsafe`
    update sessions set verified_at_ms = ${Date.now() - 13 * 3_600_000} where user_id = ${Number(old.userId)}`);
  for (const client of clients)
    t.deepEqual(await client.closed, { code: 4001, reason: 'no operator any more' });
  t.truthy(await stays.ask('ping', {}), 'others go on');
});

test('a socket that asks twice at once hears everything once', async (t) => {
  const { operator, connect, sockets } = await start(t);
  const client = await connect(operator.token);
  const asked = [client.send('subscribe', CHANNEL), client.send('subscribe', CHANNEL)];
  for (const id of asked) t.true((await client.take((frame) => frame.id === id)).ok);
  sockets.alarm({ source: 'custody', detail: 'once' });
  sockets.alarm({ source: 'custody', detail: 'last' });
  await client.take(({ data }) => data?.detail === 'last');
  t.is(client.frames.filter(({ data }) => data?.detail === 'once').length, 1);
});
