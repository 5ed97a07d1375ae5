import type { ExecutionContext } from 'ava';
import pino from 'pino';
import { sql } from 'slonik';
import { createWebSocketGateway } from '../../../src/http/websocket/server.ts';
import { unlimitedRequests } from '../../support/limits.ts';
import { PASSWORD, type Reply } from '../gateway.ts';
import { sender, withSecret } from '../keys/signing.ts';
import { BTC_USDT, startTrading, type Trader, type TradingGateway } from '../trading.ts';

/** Somebody who has everything there is to have, and somebody who wants it. */

/** The market in which the attacker trades, so that he can’t lawfully change what the victim owns. */
export const OTHER_MARKET = 'ETH-USDT';

export interface Victim extends Trader {
  /** Of what is his, by the name under which a request would say it. */
  readonly owned: Readonly<Record<string, readonly string[]>>;
}

export interface Attacker extends Trader {
  /** With a key of his that has every scope. */
  signed(method: string, target: string, body?: unknown): Promise<Reply>;
}

export interface Scene extends TradingGateway {
  readonly victim: Victim;
  attacker(): Promise<Attacker>;
}

export async function startScene(t: ExecutionContext): Promise<Scene> {
  const trading = await startTrading(t);
  const { server, exchange, tokens, pool, operator } = trading;
  const sockets = createWebSocketGateway({
    requestLimits: unlimitedRequests(),
    server,
    exchange,
    tokens,
    pool,
    log: pino({ level: 'silent' }),
    limits: { closeTimeoutMs: 500 },
  });
  t.teardown(() => sockets.close('the test is over'));
  await operator.post('/v1/admin/markets', { ...BTC_USDT, symbol: OTHER_MARKET, base: 'ETH' });
  const victim = await createVictim(t, trading);
  t.is((await operator.post('/v1/admin/liabilities')).status, 201, 'the victim’s part of the liabilities');

  async function attacker(): Promise<Attacker> {
    const person = await trading.trader({ USDT: '100000', ETH: '50' });
    const scopes = ['read', 'trade'];
    const wanted = { name: 'mine', algorithm: 'hmac-sha256', scopes, password: PASSWORD };
    const { body } = await person.post('/v1/me/api-keys', wanted);
    return { ...person, signed: sender(trading, withSecret(body.id, body.secret)) };
  }
  return { ...trading, victim, attacker };
}

/** Orders open, waiting, hidden and ended, a list, fills, a deposit, a key, two sessions, an authenticator begun, events. */
async function createVictim(t: ExecutionContext, trading: TradingGateway): Promise<Victim> {
  const { operator } = trading;
  const victim = await trading.trader({ BTC: '17.31415926' });
  const { accountId } = victim;
  const done = async (reply: Promise<Reply>) => {
    const { status, body } = await reply;
    if (status >= 300) t.fail(`the victim could not be made: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const deposit = { accountId, asset: 'USDT', amount: '27182.818284', reference: 'victims-deposit-8154' };
  await done(operator.post('/v1/admin/credits', deposit));
  const partner = await trading.trader({ BTC: '5', USDT: '5000' });
  await done(partner.limit('sell', '101', '0.5'));
  const filled = await done(
    victim.limit('buy', '101', '0.5', { clientOrderId: 'victims-filled-1', tag: 'victims-tag' }),
  );
  const open = await done(
    victim.limit('buy', '97', '0.4', { clientOrderId: 'victims-open-2', tag: 'victims-tag' }),
  );
  const hidden = await done(
    victim.limit('sell', '105', '3.1337', { displayQuantity: '0.1', clientOrderId: 'victims-iceberg-3' }),
  );
  const stop = await done(
    victim.post('/v1/orders', {
      market: 'BTC-USDT',
      side: 'sell',
      type: 'stop',
      stopPrice: '88.77',
      quantity: '1.2321',
      clientOrderId: 'victims-stop-4',
    }),
  );
  const ended = await done(victim.limit('buy', '96', '0.3', { clientOrderId: 'victims-ended-5' }));
  await done(victim.delete(`/v1/orders/${ended.order.id}`));
  const list = await done(
    victim.post('/v1/order-lists', {
      market: 'BTC-USDT',
      legs: [
        { side: 'sell', type: 'limit', price: '108', quantity: '0.7', clientOrderId: 'victims-leg-6' },
        { side: 'sell', type: 'stop', stopPrice: '85.55', quantity: '0.7', clientOrderId: 'victims-leg-7' },
      ],
    }),
  );
  const oneself = { selfTradePrevention: 'cancel_newest' };
  await done(victim.limit('buy', '105', '0.2', { ...oneself, clientOrderId: 'victims-prevented-8' }));
  const wanted = { name: 'victims key', algorithm: 'hmac-sha256', scopes: ['read'], password: PASSWORD };
  const key = await done(victim.post('/v1/me/api-keys', wanted));
  await done(victim.put('/v1/countdown', { seconds: 3_600 }));
  await done(victim.put('/v1/account/policy', { selfTradePrevention: 'cancel_oldest' }));
  await done(victim.post('/v1/me/totp', { password: PASSWORD }));
  const me = await done(victim.get('/v1/me'));
  const email = me.email as string;
  const login = { email, password: PASSWORD };
  const second = await done(trading.request('POST', '/v1/auth/login', { body: login }));
  // As if he had added it: from now on he would need it to sign in.
  const [passkeyId, credential] = ['pk_victimsvictimsvictim'.slice(0, 23), Buffer.alloc(20, 'victim')];
  await trading.pool.query(sql.unsafe`
    insert into passkeys (id, user_id, name, credential_id, public_key, sign_count, transports, is_synced, created_at_ms)
    values (${passkeyId}, ${Number(me.userId)}, 'victims passkey', ${sql.binary(credential)}, ${sql.binary(credential)}, 0,
            '{}', false, ${trading.clock.nowMs})`);
  const credentialId = credential.toString('base64url');
  const userId = Number(me.userId);
  const withdrawal = await trading.exchange.withdrawals.request({
    accountId: Number(accountId),
    userId,
    asset: 'USDT',
    amount: '31.4159',
    fee: '1',
    network: 'simulated',
    address: 'victims-address-2718',
    clientWithdrawalId: 'victims-withdrawal-9',
    unitValue: null,
    flags: [],
  });
  if (!withdrawal.ok) t.fail(withdrawal.refusal.code);
  const [addressId, approverKeyId] = [
    'wa_victimsvictimsvictim'.slice(0, 23),
    'ak_victimsvictimsvictim'.slice(0, 23),
  ];
  await trading.pool.query(sql.unsafe`
    insert into withdrawal_addresses (id, user_id, label, network, address, added_at_ms, usable_from_ms)
    values (${addressId}, ${userId}, 'victims label', 'simulated', 'victims-listed-3141', 0, 0)`);
  await trading.pool.query(sql.unsafe`
    insert into approver_keys (id, user_id, name, public_key, added_at_ms)
    values (${approverKeyId}, ${userId}, 'victims key', ${sql.binary(Buffer.alloc(32, 'victim'))}, 0)`);
  const { items } = await done(victim.get('/v1/sessions'));

  const orders = [filled, open, hidden, stop, ended].map(({ order }) => order).concat(list.orders);
  const orderIds = orders.map(({ id }: { id: string }) => id);
  const clientOrderIds = orders.map(({ clientOrderId }) => clientOrderId as string);
  const pages = ['/v1/orders?limit=1', '/v1/orders?status=past&limit=1', '/v1/ledger?limit=1'];
  const cursors = await Promise.all(pages.map(async (page) => (await victim.get(page)).body.nextCursor));
  return {
    ...victim,
    owned: {
      id: [...orderIds, credentialId],
      rawId: [credentialId],
      passkeyId: [passkeyId],
      withdrawalId: ['1'],
      clientWithdrawalId: ['victims-withdrawal-9'],
      addressId: [addressId],
      approverKeyId: [approverKeyId],
      orderId: orderIds,
      clientOrderId: clientOrderIds,
      sessionId: items.map(({ id }: { id: string }) => id),
      keyId: [key.id],
      accountId: [accountId],
      tradeGroup: [accountId],
      userId: [me.userId],
      email: [email],
      tag: ['victims-tag'],
      reference: ['victims-deposit-8154'],
      refreshToken: [second.refreshToken.replace(/^./, (first: string) => (first === 'x' ? 'y' : 'x'))],
      cursor: cursors.filter((cursor) => typeof cursor === 'string'),
    },
  };
}
