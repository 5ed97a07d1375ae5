import type { ExecutionContext } from 'ava';
import { type RunningExchange, startExchange } from '../../src/actors/exchange.ts';
import type { Custody } from '../../src/custody/ports.ts';
import { createLedger } from '../../src/db/ledger.ts';
import type { Role } from '../../src/domain/roles.ts';
import { createPasswordHasher } from '../../src/http/auth/passwords.ts';
import { createUser } from '../../src/http/auth/sign-in.ts';
import type { RateLimits } from '../../src/http/limits/policies.ts';
import { limitUnfilledOrders } from '../../src/http/limits/unfilled-orders.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestExchange } from '../support/exchange.ts';
import { NO_LIMITS } from '../support/limits.ts';
import { showFactorOf } from '../support/operators.ts';
import { confirmAddress } from '../support/traders.ts';
import { PASSWORD, type Reply, startGateway, type TestGateway } from './gateway.ts';

const quiet = { info() {}, warn() {}, error() {} };

export const BTC_USDT = Object.freeze({
  symbol: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.0001',
  minQuantity: '0.0001',
  maxQuantity: '1000',
  minNotional: '1',
  bandPpm: 100_000,
  feeTiers: [
    { minVolume: '0', makerFeePpm: 1000, takerFeePpm: 2000 },
    { minVolume: '1000000', makerFeePpm: 500, takerFeePpm: 1000 },
  ],
});

/** Somebody with a token: the account in `accountId`. */
export interface Trader {
  readonly accountId: string;
  readonly userId: string;
  readonly token: string;
  get(path: string): Promise<Reply>;
  post(path: string, body?: unknown): Promise<Reply>;
  put(path: string, body: unknown): Promise<Reply>;
  patch(path: string, body: unknown): Promise<Reply>;
  delete(path: string): Promise<Reply>;
  /** A limit order, good till canceled unless `more` says otherwise. */
  limit(side: 'buy' | 'sell', price: string, quantity: string, more?: object): Promise<Reply>;
}

export interface TradingGateway extends TestGateway {
  readonly exchange: RunningExchange;
  readonly databaseUrl: string;
  readonly operator: Trader;
  /** Somebody new with a role, in a session in which a second factor was shown. */
  operatorWith(role: Role): Promise<Trader>;
  /** Somebody new who owns these amounts. */
  trader(funds?: Readonly<Record<string, string>>): Promise<Trader>;
}

/** The real exchange behind a real gateway, with BTC, ETH and USDT and the market BTC-USDT. */
export async function startTrading(
  t: ExecutionContext,
  {
    rateLimits = NO_LIMITS,
    custodyOf,
  }: {
    readonly rateLimits?: RateLimits;
    readonly custodyOf?: (started: Pick<TestExchange, 'pool' | 'exchange'>) => Promise<Custody>;
  } = {},
): Promise<TradingGateway> {
  const database = await createTestDatabase(t);
  const exchange = await startExchange({
    ledger: createLedger(database.pool),
    log: quiet,
    onStopped: (why, error) => t.fail(`the exchange stopped: ${why} ${String(error)}`),
  });
  t.teardown(() => exchange.stop('the test is over'));
  const custody = await custodyOf?.({ pool: database.pool, exchange });
  // Its windows don't end in a test that is slow.
  const startedAtMs = Date.now();
  const gateway = await startGateway(
    t,
    limitUnfilledOrders(exchange, rateLimits, () => startedAtMs),
    {
      database,
      rateLimits,
      ...(custody === undefined ? {} : { custody }),
    },
  );

  function traderWith(accountId: string, userId: string, token: string): Trader {
    const send = (method: string) => (path: string, body?: unknown) =>
      gateway.request(method, path, { token, body });
    const post = send('POST');
    return {
      accountId,
      userId,
      token,
      get: send('GET'),
      post,
      put: send('PUT'),
      patch: send('PATCH'),
      delete: send('DELETE'),
      limit: (side, price, quantity, more = {}) =>
        post('/v1/orders', { market: 'BTC-USDT', side, type: 'limit', price, quantity, ...more }),
    };
  }

  async function signIn(email: string): Promise<Trader> {
    const { body } = await gateway.request('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
    const me = await gateway.request('GET', '/v1/me', { token: body.accessToken });
    return traderWith(body.accountId, me.body.userId, body.accessToken);
  }

  let operators = 0;
  async function operatorWith(role: Role): Promise<Trader> {
    operators += 1;
    const email = operators === 1 ? 'operator@example.com' : `operator-${operators}@example.com`;
    const user = { email, password: PASSWORD, role };
    await createUser(database.pool, createPasswordHasher(), user, { type: 'command_line' }, Date.now());
    const person = await signIn(email);
    await showFactorOf(database.pool, email);
    return person;
  }

  const operator = await operatorWith('admin');
  for (const [symbol, scale] of Object.entries({ BTC: 8, ETH: 18, USDT: 6 })) {
    await operator.post('/v1/admin/assets', { symbol, name: symbol, scale });
  }
  await operator.post('/v1/admin/markets', BTC_USDT);

  let people = 0;
  async function trader(funds: Readonly<Record<string, string>> = {}): Promise<Trader> {
    people += 1;
    const email = `trader-${people}@example.com`;
    await gateway.request('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
    await confirmAddress(database.pool, email);
    const person = await signIn(email);
    for (const [asset, amount] of Object.entries(funds)) {
      await operator.post('/v1/admin/credits', { accountId: person.accountId, asset, amount });
    }
    return person;
  }

  return { ...gateway, exchange, databaseUrl: database.url, operator, operatorWith, trader };
}
