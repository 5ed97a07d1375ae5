import type { ExecutionContext } from 'ava';
import type { DatabasePool } from 'slonik';
import { sql } from 'slonik';
import { z } from 'zod';
import { type ExchangeOptions, type RunningExchange, startExchange } from '../../src/actors/exchange.ts';
import type { AccountFrame, Placement } from '../../src/actors/ports.ts';
import { createLedger } from '../../src/db/ledger.ts';
import { listWallets } from '../../src/db/wallets-read.ts';
import type { MarketSpec } from '../../src/domain/markets/market.ts';
import type { OrderRequest } from '../../src/domain/orders/order-request.ts';
import type { Result } from '../../src/domain/rejection.ts';
import type { Ledger } from '../../src/domain/settlement.ts';
import { createTestDatabase } from './database.ts';
import { BTC_USD } from './markets.ts';
import { brokenInvariants } from './verified.ts';

const quiet = { info() {}, warn() {}, error() {} };

export interface TestExchange {
  readonly exchange: RunningExchange;
  readonly pool: DatabasePool;
  /** What happened to accounts, in the order in which it was told. */
  readonly frames: readonly AccountFrame[];
  /** A new account that owns these amounts. */
  account(funds?: Readonly<Record<string, string>>): Promise<number>;
  place(accountId: number, request: Partial<OrderRequest>): Promise<Result<Placement>>;
  /** `balance/locked` of an asset, in minor units, as the ledger has it. */
  wallet(accountId: number, asset: string): Promise<string>;
  /** Stops this exchange and starts another on the same database, with other options where some are given. */
  restart(change?: TestExchangeOptions): Promise<TestExchange>;
}

export interface TestExchangeOptions extends Partial<Omit<ExchangeOptions, 'ledger' | 'log'>> {
  readonly pool?: DatabasePool;
  /** Stands between the exchange and the real ledger. */
  readonly wrapLedger?: (ledger: Ledger) => Ledger;
  readonly markets?: readonly MarketSpec[];
}

/**
 * An exchange in this process on a database of the test's own, with BTC, ETH and USD and the market BTC-USD. When the
 * test ends it is stopped and every invariant of its database is checked.
 */
export async function startTestExchange(
  t: ExecutionContext,
  options: TestExchangeOptions = {},
): Promise<TestExchange> {
  const { pool: given, wrapLedger, markets, ...rest } = options;
  const pool = given ?? (await createTestDatabase(t)).pool;
  const ledger = createLedger(pool);
  const exchange = await startExchange({
    onStopped: (why, error) => t.fail(`the exchange stopped: ${why} ${String(error)}`),
    ...rest,
    ledger: wrapLedger?.(ledger) ?? ledger,
    log: quiet,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= exchange.stop('the test is over').then(async () => {
      const broken = await brokenInvariants(pool);
      if (broken.length > 0) throw new Error(`broken invariants: ${JSON.stringify(broken)}`);
    });
    return stopped;
  };
  t.teardown(stop);
  const frames: AccountFrame[] = [];
  exchange.accountFrames.subscribe((frame) => frames.push(frame));

  if (exchange.catalog().assets.length === 0) {
    for (const [symbol, scale] of Object.entries({ BTC: 8, USD: 6, ETH: 18 })) {
      mustBeOk(await exchange.createAsset({ symbol, name: symbol, scale }));
    }
    for (const market of markets ?? [BTC_USD]) mustBeOk(await exchange.createMarket(market));
  }

  async function account(funds: Readonly<Record<string, string>> = {}): Promise<number> {
    const row = z.object({ id: z.bigint().transform(Number) });
    const { id } = await pool.one(sql.type(row)`insert into accounts default values returning id`);
    for (const [asset, amount] of Object.entries(funds)) {
      mustBeOk(await exchange.credit({ accountId: id, asset, amount }));
    }
    return id;
  }

  return {
    exchange,
    pool,
    frames,
    account,
    place: (accountId, request) =>
      exchange.placeOrder({
        accountId,
        request: { market: 'BTC-USD', side: 'buy', type: 'limit', price: '100', quantity: '1', ...request },
      }),
    async wallet(accountId, symbol) {
      const assetId = exchange.catalog().asset(symbol)!.id;
      const wallet = (await listWallets(pool, accountId)).find((one) => one.assetId === assetId);
      return `${wallet?.balanceMinor ?? 0n}/${wallet?.lockedMinor ?? 0n}`;
    },
    async restart(change = {}) {
      await stop();
      return startTestExchange(t, { ...options, ...change, pool });
    },
  };
}

/** Waits for what follows a commit by a moment, such as the feed. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The value of a result that must not be a refusal. */
export function mustBeOk<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}: ${result.refusal.detail}`);
  return result.value;
}

/** The code of a refusal, or `ok`. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.refusal.code;
}
