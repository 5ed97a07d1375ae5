import { openOperatorAccess } from '../../src/cli/operator-access.ts';
import { createPool } from '../../src/db/pool.ts';
import { insertSession } from '../../src/db/sessions.ts';
import { insertUser } from '../../src/db/users.ts';
import { createTokenSecrets } from '../../src/http/auth/token-secrets.ts';
import { createTokenVerifier } from '../../src/http/auth/tokens.ts';
import type { ExchangeProcess } from './processes.ts';

/** Who trades in a benchmark. */
export interface Customer {
  readonly accountId: number;
  readonly token: string;
}

const FUNDS = Object.freeze({ BTC: '1000000', USDT: '100000000000' });
const CREDITS_AT_ONCE = 100;
const SESSION_MS = 60 * 60_000;

/**
 * Makes customers who are signed in and have more money than they can lose. Users and sessions are written by SQL,
 * since hashing their passwords would take longer than the benchmark; the money comes through the API.
 */
export async function createCustomers(
  exchange: Pick<ExchangeProcess, 'port' | 'databaseUrl' | 'jwtSecret'>,
  count: number,
): Promise<Customer[]> {
  const pool = await createPool(exchange.databaseUrl, {
    maximumPoolSize: 4,
    applicationName: 'bourse-bench',
  });
  try {
    const secrets = createTokenSecrets([exchange.jwtSecret]);
    const tokens = createTokenVerifier({
      pool,
      secrets,
      keys: { isAlive: async () => false },
    });
    const operator = await openOperatorAccess({
      pool,
      tokenSecrets: secrets,
      email: undefined,
      production: false,
    });
    const customers: Customer[] = [];
    const run = Date.now().toString(36);
    for (let index = 0; index < count; index += 1) {
      const user = await insertUser(
        pool,
        {
          email: `bench-${run}-${index}@example.com`,
          passwordHash: 'none',
          role: 'customer',
          createdAtMs: Date.now(),
          isEmailConfirmed: true,
        },
        async () => {},
      );
      if (user === undefined) throw new Error('the customer is there already');
      const sessionId = `bench-${run}-${index}`;
      await insertSession(pool, {
        id: sessionId,
        userId: user.id,
        refreshHash: Buffer.from(sessionId.padEnd(32, '.').slice(-32)),
        createdAtMs: Date.now(),
        expiresAtMs: Date.now() + SESSION_MS,
        ip: null,
        userAgent: null,
        verifiedAtMs: null,
      });
      const { accountId } = user;
      customers.push({
        accountId,
        token: tokens.sign({ userId: user.id, accountId, role: 'customer', sessionId, scopes: null }),
      });
    }
    const token = await operator.accessToken();
    const credits = customers.flatMap(({ accountId }) =>
      Object.entries(FUNDS).map(([asset, amount]) => ({ accountId: String(accountId), asset, amount })),
    );
    for (let from = 0; from < credits.length; from += CREDITS_AT_ONCE) {
      const some = credits.slice(from, from + CREDITS_AT_ONCE);
      await Promise.all(some.map((credit) => post(exchange.port, '/v1/admin/credits', token, credit)));
    }
    await operator.end();
    return customers;
  } finally {
    await pool.end();
  }
}

/** Sends a request to the exchange; throws if it is refused. */
export async function post(port: number, path: string, token: string, body: unknown): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
