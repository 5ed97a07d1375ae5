import {
  type InvariantReader,
  type InvariantViolation,
  orderAmiss,
  type StoredAccount,
  walletAmiss,
} from '../domain/invariants.ts';
import type { Order } from '../domain/orders/order.ts';

export interface MonitorPorts {
  readonly reader: InvariantReader;
  /** The open orders of these accounts that a market has in memory, once all that led to them is committed. */
  inspectMarket(marketId: number, accountIds: readonly number[]): Promise<readonly Order[] | undefined>;
  /** What an account may spend as it knows it; undefined when it sleeps. */
  inspectAccount(accountId: number): Promise<ReadonlyMap<number, bigint> | undefined>;
  marketIds(): readonly number[];
  /** Whether another process writes to the ledger by now: it went on, and the memory here is of no account. */
  isSuperseded(): Promise<boolean>;
  onViolation(violation: InvariantViolation): void;
  /** The ledger could not be read, or nobody answered; it is tried again. */
  onError(error: unknown): void;
}

export interface Monitor {
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

const ACCOUNTS_A_LOOK = 20;

/**
 * Looks at the accounts, some at a time, whether ledger, open orders and what actors have in memory agree, for as long as the
 * exchange runs. Nothing is stopped for it: what the ledger says the same before and after a look at the memory it also said
 * meanwhile, so only that is compared.
 */
export function startMonitor(ports: MonitorPorts, intervalMs: number): Monitor {
  let afterAccountId = 0;
  let looking: Promise<void> | undefined;
  let isStopping = false;
  const reported = new Set<string>();

  async function report(violation: InvariantViolation): Promise<void> {
    const key = `${violation.check} ${violation.accountId} ${violation.marketId}`;
    // Asked after the ledger was read: who is not superseded now was not when it was read.
    if (reported.has(key) || (await ports.isSuperseded())) return;
    reported.add(key);
    ports.onViolation(violation);
  }

  async function look(): Promise<void> {
    const before = await ports.reader.readAfter(afterAccountId, ACCOUNTS_A_LOOK);
    afterAccountId = before.at(-1)?.accountId ?? 0;
    if (before.length === 0) return;
    const accountIds = before.map(({ accountId }) => accountId);
    // Of the others no orders will be compared, and they have very many.
    const compared = before.filter(({ orders }) => orders !== null).map(({ accountId }) => accountId);
    const inMemory = new Map<string, Order>();
    for (const marketId of ports.marketIds()) {
      const orders = await ports.inspectMarket(marketId, compared);
      if (orders === undefined || isStopping) return;
      for (const order of orders) inMemory.set(keyOf(order), order);
    }
    const available = new Map<number, ReadonlyMap<number, bigint>>();
    for (const accountId of accountIds) {
      const known = await ports.inspectAccount(accountId);
      if (isStopping) return;
      if (known !== undefined) available.set(accountId, known);
    }
    const after = await ports.reader.read(accountIds);
    for (const [index, account] of after.entries()) {
      await checkWallets(before[index]!, account, available.get(account.accountId));
      await checkOrders(before[index]!, account, inMemory);
    }
  }

  async function checkWallets(
    before: StoredAccount,
    { accountId, wallets }: StoredAccount,
    available: ReadonlyMap<number, bigint> | undefined,
  ): Promise<void> {
    for (const wallet of wallets) {
      const amiss = walletAmiss(wallet);
      if (amiss !== undefined)
        await report({ check: 'wallet_covers_holds', accountId, marketId: null, detail: amiss });
      const same = before.wallets.find(({ assetId }) => assetId === wallet.assetId);
      const isSame = same?.balanceMinor === wallet.balanceMinor && same.lockedMinor === wallet.lockedMinor;
      const known = available?.get(wallet.assetId);
      const stored = wallet.balanceMinor - wallet.lockedMinor;
      if (!isSame || known === undefined || known <= stored) continue;
      const detail = `of asset ${wallet.assetId} ${stored} may be spent, and its actor believes ${known}`;
      await report({ check: 'memory_never_overstates', accountId, marketId: null, detail });
    }
  }

  async function checkOrders(
    before: StoredAccount,
    { accountId, orders }: StoredAccount,
    inMemory: ReadonlyMap<string, Order>,
  ): Promise<void> {
    if (orders === null || before.orders === null) return;
    const check = 'books_equal_ledger';
    const seen = new Map(before.orders.map((order) => [keyOf(order), order]));
    const stored = new Map(orders.map((order) => [keyOf(order), order]));
    for (const [key, order] of stored) {
      const known = seen.get(key);
      if (known === undefined || orderAmiss(order, known) !== undefined) continue;
      const own = inMemory.get(key);
      const amiss = own === undefined ? 'it is not in the memory of its market' : orderAmiss(order, own);
      if (amiss !== undefined)
        await report({ check, accountId, marketId: order.marketId, detail: `order ${key}: ${amiss}` });
    }
    for (const [key, order] of inMemory) {
      if (order.accountId !== accountId || stored.has(key) || seen.has(key)) continue;
      if (await ports.reader.hasEnded(order)) continue;
      await report({
        check,
        accountId,
        marketId: order.marketId,
        detail: `order ${key} is not in the ledger`,
      });
    }
  }

  const timer = setInterval(() => {
    looking ??= look()
      .catch(ports.onError)
      .finally(() => {
        looking = undefined;
      });
  }, intervalMs);
  timer.unref();
  return {
    async stop() {
      isStopping = true;
      clearInterval(timer);
      await looking;
    },
  };
}

function keyOf({ accountId, orderNo }: Order): string {
  return `${accountId}-${orderNo}`;
}
