import type { ExecutionContext } from 'ava';
import { TOTP } from 'otpauth';
import { sql } from 'slonik';
import { simulatedAddress } from '../../../src/custody/simulated/simulated-address.ts';
import type { SimulatedChain } from '../../../src/custody/simulated/simulated-chain.ts';
import { simulatedChain, startTestCustody, until } from '../../support/custody.ts';
import { PASSWORD, type Reply } from '../gateway.ts';
import { startTrading, type TradingGateway } from '../trading.ts';

/** People who withdraw: with an authenticator, and as if the day were over for which adding it held them back. */

export const STEP_MS = 30_000;
export const HOUR_MS = 3_600_000;

export interface Customer {
  readonly email: string;
  readonly userId: number;
  readonly accountId: string;
  /** A code that was not used yet: moves the clock on to the next. */
  nextCode(): string;
  send(method: string, path: string, body?: unknown): Promise<Reply>;
  withdraw(body: object): Promise<Reply>;
  /** What is locked of an asset. */
  locked(asset: string): Promise<string>;
  /** Signs in anew, such as after the clock was moved. */
  signIn(): Promise<void>;
}

export interface Withdrawing extends TradingGateway {
  readonly customers: readonly Customer[];
  readonly chain: SimulatedChain;
}

/** Addresses of somebody outside. */
export const outside = (index = 0) => simulatedAddress('somebody else', index);

/** As many customers as there are funds, on a simulated network that carries BTC, ETH and USDT. */
export async function startWithdrawing(
  t: ExecutionContext,
  ...funds: readonly Readonly<Record<string, string>>[]
): Promise<Withdrawing> {
  let chain: SimulatedChain | undefined;
  const trading = await startTrading(t, {
    custodyOf: async (started) => {
      const carried = simulatedChain(started, { assets: () => ['BTC', 'ETH', 'USDT'] });
      chain = carried;
      return (await startTestCustody(t, started, { wrapChain: () => carried })).custody;
    },
  });
  const { clock, request } = trading;
  clock.nowMs = Math.floor(clock.nowMs / STEP_MS) * STEP_MS + STEP_MS / 2;
  await until(async () => {
    const { body } = await request('GET', '/v1/networks');
    return body.networks[0].assets.length === 3;
  });
  const begun = [];
  for (const amounts of funds) {
    const trader = await trading.trader(amounts);
    const email: string = (await trader.get('/v1/me')).body.email;
    const { secret } = (await trader.post('/v1/me/totp', { password: PASSWORD })).body;
    const totp = new TOTP({ secret });
    const code = totp.generate({ timestamp: clock.nowMs });
    const confirmed = await trader.post('/v1/me/totp/confirm', { code });
    t.is(confirmed.status, 200);
    begun.push({ trader, email, totp });
  }
  // The exchange's own clock can't be moved, and limits are counted by it: the day passes in the table.
  await trading.pool.query(sql.unsafe`update withdrawal_holds set until_ms = begins_at_ms`);
  const customers: Customer[] = [];
  for (const { trader, email, totp } of begun) {
    let token = '';
    const send = (method: string, path: string, body?: unknown) => request(method, path, { token, body });
    const nextCode = () => {
      clock.nowMs += STEP_MS;
      return totp.generate({ timestamp: clock.nowMs });
    };
    const customer: Customer = {
      email,
      userId: Number(trader.userId),
      accountId: trader.accountId,
      nextCode,
      send,
      withdraw: (body) => send('POST', '/v1/withdrawals', body),
      async locked(asset) {
        const { body } = await send('GET', '/v1/balances');
        return body.balances.find((one: { asset: string }) => one.asset === asset).locked;
      },
      async signIn() {
        const { body } = await request('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
        const shown = { challenge: body.challenge, code: nextCode() };
        token = (await request('POST', '/v1/auth/second-factor', { body: shown })).body.accessToken;
      },
    };
    await customer.signIn();
    customers.push(customer);
  }
  return { ...trading, customers, chain: chain! };
}
