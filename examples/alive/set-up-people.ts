import { randomBytes } from 'node:crypto';
import { TOTP } from 'otpauth';
import { type DatabasePool, sql } from 'slonik';
import { simulatedAddress } from '../../src/custody/simulated/simulated-address.ts';
import {
  deleteChallenges,
  dropOrphanedRecoveryCodes,
  lockFactors,
  removeTotp,
} from '../../src/db/factors.ts';
import { findUserByEmail } from '../../src/db/users.ts';
import { createPasswordHasher } from '../../src/http/auth/passwords.ts';
import { createUser } from '../../src/http/auth/sign-in.ts';
import type { Operator } from '../client/operator.ts';
import type { RestClient } from '../client/rest.ts';
import type { TokenPair } from '../client/sign-in.ts';
import type { DemoPeople, DemoPerson, PeopleFile } from './people-file.ts';

/** What a customer of the demo owns, has in the book and wants to withdraw. */
interface CustomerPlan {
  readonly funds: Readonly<Record<string, string>>;
  readonly orders: readonly Readonly<Record<string, string>>[];
  /** In USDT. */
  readonly withdrawal: string;
}

/** With the default policy the first two take two approvals, the last three with one of a treasurer. */
const CUSTOMERS: Readonly<Record<string, CustomerPlan>> = Object.freeze({
  'alice@example.com': {
    funds: { USDT: '50000', BTC: '2', ETH: '20' },
    orders: [
      limit('BTC-USDT', 'buy', '57500.00', '0.05'),
      limit('BTC-USDT', 'sell', '62500.00', '0.10'),
      limit('ETH-USDT', 'sell', '3120.00', '2'),
    ],
    withdrawal: '2500',
  },
  'bob@example.com': { funds: { USDT: '60000' }, orders: [], withdrawal: '30000' },
  'carol@example.com': { funds: { USDT: '120000' }, orders: [], withdrawal: '75000' },
});
const OPERATORS = Object.freeze({
  'tess@example.com': 'treasurer',
  'rick@example.com': 'risk',
  'ada@example.com': 'admin',
} as const);

interface Balances {
  readonly balances: readonly { readonly asset: string; readonly balance: string }[];
}

interface Asked {
  readonly withdrawal: { readonly id: string; readonly status: string };
}

interface Depth {
  readonly bids: readonly unknown[];
  readonly asks: readonly unknown[];
}

const STEP_MS = 30_000;
/** As many as one of the traders keeps. */
const BOOK_LEVELS = 5;

/** Nobody's, on the simulated network. */
const SOMEWHERE = simulatedAddress('an address of nobody', 0);

function limit(market: string, side: string, price: string, quantity: string) {
  return { market, side, type: 'limit', price, quantity, clientOrderId: `demo-${side}-${market}` };
}

/** People to begin with. */
export function inventPeople(): DemoPeople {
  const invented = (email: string, role: DemoPerson['role']): DemoPerson => ({
    email,
    role,
    password: randomBytes(12).toString('base64url'),
    totpSecret: null,
  });
  return {
    people: [
      ...Object.keys(CUSTOMERS).map((email) => invented(email, 'customer')),
      ...Object.entries(OPERATORS).map(([email, role]) => invented(email, role)),
    ],
    traders: [],
    complete: false,
  };
}

interface Surroundings {
  readonly pool: DatabasePool;
  readonly rest: RestClient;
  readonly operator: Operator;
}

/**
 * Adds the people of the demo as the command line would, and lets them do through the API what brings something to look at: each
 * sets an authenticator up, customers get funds and ask for withdrawals. Nobody's secret is remembered before all of that is done, so
 * that whoever was in the middle of it when a start was killed begins again at the next.
 * @returns what places the customers' orders: once there is a book, since in an empty one they would be taken at once
 */
export async function setUpPeople(
  options: Surroundings & { readonly file: PeopleFile; readonly people: DemoPeople },
): Promise<{ readonly people: DemoPeople; placeOrders(): Promise<void> }> {
  const { pool, rest, file } = options;
  const passwords = createPasswordHasher();
  let { people } = options;
  const orders: { readonly token: string; readonly body: CustomerPlan['orders'][number] }[] = [];
  for (const one of people.people) {
    if (one.totpSecret !== null) continue;
    const { email, password, role } = one;
    const added = await createUser(
      pool,
      passwords,
      { email, password, role },
      { type: 'command_line' },
      Date.now(),
    );
    if (typeof added === 'string' && added !== 'email_taken') throw new Error(added);
    const { secret, token } = await setUpAuthenticator(pool, rest, one);
    const plan = CUSTOMERS[email];
    if (plan !== undefined) {
      await live(plan, options, { email, secret, token });
      orders.push(...plan.orders.map((body) => ({ token, body })));
    }
    people = {
      ...people,
      people: people.people.map((other) => (other === one ? { ...one, totpSecret: secret } : other)),
    };
    file.write(people);
  }
  const complete = { ...people, complete: true };
  file.write(complete);
  return {
    people: complete,
    async placeOrders() {
      for (const { token, body } of orders) await rest.request('POST', '/v1/orders', { body, token });
    },
  };
}

/** With the code of the step before, so that the one of now is still good for something else. */
async function setUpAuthenticator(
  pool: DatabasePool,
  rest: RestClient,
  { email, password }: DemoPerson,
): Promise<{ readonly secret: string; readonly token: string }> {
  const logIn = () =>
    rest.request<TokenPair | { readonly challenge: string }>('POST', '/v1/auth/login', {
      body: { email, password },
    });
  let session = await logIn();
  if ('challenge' in session) {
    // Set up by a start that was killed before it could remember the secret.
    await forgetAuthenticator(pool, email);
    session = await logIn();
  }
  if ('challenge' in session) throw new Error(`${email} has a second factor that is not the demo's`);
  const { secret } = await rest.request<{ readonly secret: string }>('POST', '/v1/me/totp', {
    body: { password },
    token: session.accessToken,
  });
  const confirmed = await rest.request<{ readonly session: TokenPair }>('POST', '/v1/me/totp/confirm', {
    body: { code: codeOf(secret, Date.now() - STEP_MS) },
    token: session.accessToken,
  });
  return { secret, token: confirmed.session.accessToken };
}

async function forgetAuthenticator(pool: DatabasePool, email: string): Promise<void> {
  const user = await findUserByEmail(pool, email);
  if (user === undefined) return;
  await pool.transaction(async (db) => {
    await lockFactors(db, user.id);
    await removeTotp(db, user.id);
    await dropOrphanedRecoveryCodes(db, user.id);
    await deleteChallenges(db, user.id);
  });
}

/** What was done already, in a start that was killed, is not done again. */
async function live(
  { funds, withdrawal }: CustomerPlan,
  { pool, rest, operator }: Surroundings,
  { email, secret, token }: { readonly email: string; readonly secret: string; readonly token: string },
): Promise<void> {
  const { accountId } = await rest.request<{ readonly accountId: string }>('GET', '/v1/me', { token });
  const { balances } = await rest.request<Balances>('GET', '/v1/balances', { token });
  for (const [asset, amount] of Object.entries(funds)) {
    const isFunded = balances.some((own) => own.asset === asset && Number(own.balance) > 0);
    if (!isFunded) await operator.credit(accountId, asset, amount);
  }
  // A new factor holds withdrawals for a day, so that an owner can notice. These owners were made up a moment ago.
  await pool.query(
    sql.unsafe`delete from withdrawal_holds where user_id = (select id from users where email = ${email})`,
  );
  const asked = await rest.request<Asked>('POST', '/v1/withdrawals', {
    body: {
      asset: 'USDT',
      network: 'simulated',
      amount: withdrawal,
      address: SOMEWHERE,
      clientWithdrawalId: 'demo',
    },
    token,
  });
  if (asked.withdrawal.status !== 'requested') return;
  await rest.request('POST', `/v1/withdrawals/${asked.withdrawal.id}/confirm`, {
    body: { code: codeOf(secret, Date.now()) },
    token,
  });
}

/** Whether each market that customers have orders for is made on both sides. */
export async function hasBook(rest: RestClient): Promise<boolean> {
  const markets = new Set(
    Object.values(CUSTOMERS).flatMap(({ orders }) => orders.map(({ market }) => market)),
  );
  for (const market of markets) {
    const path = `/v1/markets/${market}/depth?levels=${BOOK_LEVELS}`;
    const { bids, asks } = await rest.request<Depth>('GET', path);
    if (bids.length < BOOK_LEVELS || asks.length < BOOK_LEVELS) return false;
  }
  return true;
}

/** The six digits that an authenticator with this secret shows at a time. */
export function codeOf(secret: string, timestampMs: number): string {
  return new TOTP({ secret }).generate({ timestamp: timestampMs });
}
