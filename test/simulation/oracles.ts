import { parseLog } from '../../src/actors/settlement/message-log.ts';
import { formatQuantity } from '../../src/domain/markets/market.ts';
import { isContinuous } from '../../src/domain/markets/market-machine.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import { holdAssetId } from '../../src/domain/orders/order.ts';
import { isWaiting, isWorking } from '../../src/domain/orders/order-machine.ts';
import type { SettlementBatch } from '../../src/domain/settlement.ts';
import { FIRST_CUSTOMER_ACCOUNT, PENDING_WITHDRAWALS_ACCOUNT } from '../../src/domain/trade.ts';
import type { OrderView } from '../../src/domain/views.ts';
import { isLeaving } from '../../src/domain/withdrawals/withdrawal-machine.ts';
import { NaiveMarket } from '../support/naive-market.ts';
import { hasEnded, type NaiveOrder } from '../support/naive-market-orders.ts';
import { orderAmiss } from '../support/naive-market-pair.ts';
import { keyOf, type Tables } from './tables.ts';

/** What must hold does not. */
export class Broken extends Error {
  override readonly name = 'Broken';
  readonly promise: string;

  constructor(promise: string, detail: string) {
    super(`${promise}: ${detail}`);
    this.promise = promise;
  }
}

export function must(holds: boolean, promise: string, detail: () => string): asserts holds {
  if (!holds) throw new Broken(promise, detail());
}

/** As many stops as a market lets fire in one message. */
const FIRES_A_MESSAGE = 100;

/** Every so many commits, and in the end, all that there is is looked at, and not only what the batch says it changed. */
const ALL_EVERY = 8;

/** Looks after every commit whether all promises are kept. */
export class Oracles {
  readonly #tables: Tables;
  readonly #twins = new Map<number, NaiveMarket>();
  commits = 0;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  onCommit(batch: SettlementBatch): void {
    this.commits += 1;
    this.#checkEntries(batch);
    this.#checkBooks();
    this.#followTwins(batch);
    if (this.commits % ALL_EVERY === 0) this.checkAll();
  }

  checkAll(): void {
    this.#checkMoney();
    this.#checkHolds();
    this.#checkPending();
    for (const [marketId, twin] of this.#twins) this.#checkTwin(marketId, twin);
  }

  /** At the moment in which a client is told. */
  acknowledged(what: string, orders: readonly OrderView[]): void {
    for (const told of orders) {
      const [accountId, orderNo] = told.id.split('-').map(Number);
      const order = this.#tables.findOrder({ accountId: accountId!, orderNo: orderNo! });
      const promise = 'acknowledged means durable';
      must(order !== undefined, promise, () => `${what} told of ${told.id}, which is not in the ledger`);
      const market = this.#tables.markets.get(order.marketId)!;
      const filled = Number(formatQuantity(market, order.filledLots));
      must(
        filled >= Number(told.filledQuantity),
        promise,
        () => `${told.id} filled ${told.filledQuantity}, not ${filled}`,
      );
      if (isWorking(told.status)) continue;
      must(
        order.status === told.status,
        promise,
        () => `${told.id} was told as ${told.status}, and is ${order.status}`,
      );
    }
  }

  #checkEntries(batch: SettlementBatch): void {
    const sums = new Map<string, bigint>();
    for (const { entryNo, assetId, amountMinor } of batch.postings) {
      const key = `${entryNo} ${assetId}`;
      sums.set(key, (sums.get(key) ?? 0n) + amountMinor);
    }
    for (const [key, sum] of sums)
      must(sum === 0n, 'money is conserved', () => `entry and asset ${key} sum to ${sum}`);
  }

  #checkMoney(): void {
    const sums = new Map<number, bigint>();
    for (const { accountId, assetId, balanceMinor } of this.#tables.wallets.values()) {
      sums.set(assetId, (sums.get(assetId) ?? 0n) + balanceMinor);
      must(
        balanceMinor >= 0n || accountId < FIRST_CUSTOMER_ACCOUNT,
        'nothing is negative',
        () => `account ${accountId} has ${balanceMinor} of asset ${assetId}`,
      );
    }
    for (const [assetId, sum] of sums)
      must(sum === 0n, 'money is conserved', () => `all wallets of asset ${assetId} sum to ${sum}`);
  }

  #checkHolds(): void {
    const holds = new Map<string, bigint>();
    for (const order of this.#tables.open.values()) {
      const market = this.#tables.markets.get(order.marketId)!;
      const key = `${order.accountId}-${holdAssetId(market, order.side)}`;
      holds.set(key, (holds.get(key) ?? 0n) + order.holdMinor);
    }
    for (const [key, { lockedMinor }] of this.#tables.wallets) {
      const [accountId, assetId] = key.split('-').map(Number) as [number, number];
      const held = (holds.get(key) ?? 0n) + this.#tables.withdrawals.heldMinor(accountId, assetId);
      must(
        lockedMinor === held,
        'holds are what open orders can cost',
        () => `wallet ${key} locks ${lockedMinor}, orders and withdrawals hold ${held}`,
      );
    }
  }

  #checkPending(): void {
    const leaving = new Map<number, bigint>();
    for (const { assetId, amountMinor, status } of this.#tables.withdrawals.byNo.values())
      if (isLeaving(status)) leaving.set(assetId, (leaving.get(assetId) ?? 0n) + amountMinor);
    for (const { accountId, assetId, balanceMinor } of this.#tables.wallets.values()) {
      if (accountId !== PENDING_WITHDRAWALS_ACCOUNT) continue;
      must(
        balanceMinor === (leaving.get(assetId) ?? 0n),
        'what is pending is on its way out',
        () => `${balanceMinor} of asset ${assetId} are pending, ${leaving.get(assetId)} leave`,
      );
    }
  }

  #checkBooks(): void {
    for (const [marketId, { status }] of this.#tables.marketStates) {
      if (!isContinuous(status)) continue;
      let bid = 0;
      let ask = Number.POSITIVE_INFINITY;
      for (const order of this.#tables.open.values()) {
        if (order.marketId !== marketId || isWaiting(order.status)) continue;
        if (order.side === 'buy') bid = Math.max(bid, order.priceTicks);
        else ask = Math.min(ask, order.priceTicks);
      }
      must(bid < ask, 'a book is never crossed', () => `market ${marketId} bids ${bid} and asks ${ask}`);
    }
  }

  /** The naive market gets what was committed, and must come to the same orders and trades. */
  #followTwins(batch: SettlementBatch): void {
    const trades = new Map<number, object[]>();
    const ended: NaiveOrder[] = [];
    for (const message of parseLog(batch.log.payload)) {
      if (!('command' in message)) continue;
      const { marketId, command, atMs, seq } = message;
      const twin = this.#twinOf(marketId);
      const outcome = twin.handle(command, atMs);
      must(
        outcome === 'something' && twin.seq === seq,
        'the naive market agrees',
        () => `${command.type} ${seq} came to ${outcome}`,
      );
      trades.set(marketId, [...(trades.get(marketId) ?? []), ...twin.book.trades]);
      ended.push(...twin.touchable.filter(hasEnded));
    }
    for (const { trade } of batch.trades) {
      const expected = trades.get(trade.marketId)?.shift() ?? {};
      for (const [key, value] of Object.entries(expected))
        must(
          JSON.stringify(value, text) === JSON.stringify(trade[key as keyof typeof trade], text),
          'the naive market agrees',
          () => `${key} of trade ${trade.tradeNo} of market ${trade.marketId}`,
        );
      must('tradeNo' in expected, 'the naive market agrees', () => `trade ${trade.tradeNo} is too many`);
    }
    for (const [marketId, left] of trades)
      must(
        left.length === 0,
        'the naive market agrees',
        () => `market ${marketId} made ${left.length} trades too few`,
      );
    for (const order of ended) this.#compare(this.#tables.ended.get(keyOf(order)), order);
    for (const order of [...batch.opened, ...batch.changed]) {
      const { orders } = this.#twinOf(order.marketId);
      const twin = orders.find((own) => own.accountId === order.accountId && own.orderNo === order.orderNo);
      must(twin !== undefined, 'the naive market agrees', () => `order ${keyOf(order)} is not open`);
      this.#compare(order, twin);
    }
  }

  #checkTwin(marketId: number, { orders, status }: NaiveMarket): void {
    const open = [...this.#tables.open.values()].filter((order) => order.marketId === marketId);
    must(
      open.length === orders.length,
      'the naive market agrees',
      () => `${open.length} orders are open, not ${orders.length}`,
    );
    for (const order of orders) this.#compare(this.#tables.open.get(keyOf(order)), order);
    const real = this.#tables.marketStates.get(marketId)!;
    must(
      real.status === status,
      'the naive market agrees',
      () => `market ${marketId} is ${real.status}, not ${status}`,
    );
  }

  #compare(real: Order | undefined, naive: NaiveOrder): void {
    must(
      real !== undefined,
      'the naive market agrees',
      () => `order ${keyOf(naive)} is not where it should be`,
    );
    const amiss = orderAmiss(real, naive);
    must(amiss === undefined, 'the naive market agrees', () => amiss!);
  }

  #twinOf(marketId: number): NaiveMarket {
    let twin = this.#twins.get(marketId);
    if (twin === undefined) {
      twin = new NaiveMarket(this.#tables.markets.get(marketId)!, FIRES_A_MESSAGE);
      this.#twins.set(marketId, twin);
    }
    return twin;
  }
}

function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
