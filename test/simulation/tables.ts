import type { AccountPolicy } from '../../src/domain/accounts/admission.ts';
import { REMEMBERED_CLIENT_ORDER_IDS } from '../../src/domain/accounts/client-order-ids.ts';
import type { Asset } from '../../src/domain/asset.ts';
import { type Candle, mergeCandles } from '../../src/domain/candles.ts';
import type { Market } from '../../src/domain/markets/market.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type {
  EnteredTrade,
  FrameMaker,
  LedgerPosition,
  LogRecord,
  MarketState,
  SettlementBatch,
  StoredFrame,
} from '../../src/domain/settlement.ts';
import type { AccountSnapshot, MarketSnapshot } from '../../src/domain/snapshots.ts';
import { FIRST_CUSTOMER_ACCOUNT, type OrderRef } from '../../src/domain/trade.ts';
import { StoredWithdrawals } from './stored-withdrawals.ts';

/** A constraint refuses the transaction. */
export class Violation extends Error {}

export interface StoredWallet {
  readonly accountId: number;
  readonly assetId: number;
  balanceMinor: bigint;
  lockedMinor: bigint;
}

export interface StoredBatch extends LogRecord {
  readonly batchNo: number;
  readonly epoch: number;
  readonly committedAtMs: number;
}

export const keyOf = ({ accountId, orderNo }: OrderRef) => `${accountId}-${orderNo}`;

/**
 * What a database holds, with the constraints of its tables and the semantics of the settlement transaction: the fence row is
 * looked at first, then all of a batch is written or nothing.
 */
export class Tables {
  position: LedgerPosition = { epoch: 0, batchNo: 0, entryNo: 0, logHash: new Uint8Array(32) };
  readonly accounts = new Map<number, AccountPolicy>();
  readonly wallets = new Map<string, StoredWallet>();
  readonly open = new Map<string, Order>();
  readonly ended = new Map<string, Order>();
  readonly trades: EnteredTrade[] = [];
  readonly log: StoredBatch[] = [];
  readonly markets = new Map<number, Market>();
  readonly marketStates = new Map<number, MarketState>();
  /** All there ever were, by account and sequence. */
  readonly frames = new Map<number, StoredFrame[]>();
  readonly framesByBatch = new Map<number, readonly StoredFrame[]>();
  readonly deposits = new Map<string, bigint>();
  readonly withdrawals = new StoredWithdrawals();
  readonly #assets: Asset[] = [];
  readonly #countdowns = new Map<number, number>();
  readonly #volumes = new Map<
    string,
    { accountId: number; quoteAssetId: number; day: number; volumeMinor: bigint }
  >();
  readonly #candles = new Map<string, { marketId: number; candle: Candle }>();

  addAccount(accountId: number): void {
    this.accounts.set(accountId, { tradeGroup: accountId, selfTrade: 'cancel_newest', frozen: false });
  }

  takeOver(): LedgerPosition {
    this.position = { ...this.position, epoch: this.position.epoch + 1 };
    return this.position;
  }

  /**
   * The settlement transaction.
   * @returns undefined where the fence does not let it through
   * @throws Violation
   */
  settle(batch: SettlementBatch, frame: FrameMaker): readonly StoredFrame[] | undefined {
    const { epoch, batchNo } = this.position;
    if (batch.epoch !== epoch || batch.batchNo !== batchNo + 1) return undefined;
    this.#check(batch);
    this.position = {
      epoch,
      batchNo: batch.batchNo,
      entryNo: batch.lastEntryNo,
      logHash: batch.log.hash,
    };
    const { committedAtMs, log } = batch;
    this.log.push({ ...log, batchNo: batch.batchNo, epoch, committedAtMs });
    this.#assets.push(...batch.assets);
    for (const market of batch.markets) this.#addMarket(market);
    for (const { marketId, tiers } of batch.feeTiers)
      this.markets.set(marketId, { ...this.markets.get(marketId)!, feeTiers: tiers });
    for (const state of batch.marketStates) this.#setState(state);
    for (const order of [...batch.opened, ...batch.changed]) this.open.set(keyOf(order), order);
    for (const ref of batch.closed) this.open.delete(keyOf(ref));
    for (const order of batch.ended) this.ended.set(keyOf(order), order);
    this.trades.push(...batch.trades);
    for (const { accountId, reference, amountMinor } of batch.deposits)
      this.deposits.set(`${accountId} ${reference}`, amountMinor);
    for (const [accountId, expiresAtMs] of batch.countdowns) {
      if (expiresAtMs === null) this.#countdowns.delete(accountId);
      else this.#countdowns.set(accountId, expiresAtMs);
    }
    for (const [accountId, policy] of batch.policies) this.accounts.set(accountId, policy);
    this.withdrawals.apply(batch);
    for (const delta of batch.volumes) {
      const key = `${delta.accountId}-${delta.quoteAssetId}-${delta.day}`;
      const before = this.#volumes.get(key)?.volumeMinor ?? 0n;
      this.#volumes.set(key, { ...delta, volumeMinor: before + delta.volumeMinor });
    }
    for (const [marketId, candle] of batch.candles) {
      const key = `${marketId}-${candle.intervalMs}-${candle.openedAtMs}`;
      const before = this.#candles.get(key);
      this.#candles.set(key, {
        marketId,
        candle: before === undefined ? candle : mergeCandles(before.candle, candle),
      });
    }
    for (const delta of batch.wallets) {
      const wallet = this.#wallet(delta.accountId, delta.assetId);
      wallet.balanceMinor += delta.balanceMinor;
      wallet.lockedMinor += delta.lockedMinor;
    }
    return this.#addFrames(batch, frame);
  }

  loadAccount(accountId: number, sinceDay: number): AccountSnapshot | undefined {
    const policy = this.accounts.get(accountId);
    if (policy === undefined) return undefined;
    const of = (orders: ReadonlyMap<string, Order>) =>
      [...orders.values()]
        .filter((order) => order.accountId === accountId)
        .sort((a, b) => a.orderNo - b.orderNo);
    const open = of(this.open);
    const ended = of(this.ended).slice(-REMEMBERED_CLIENT_ORDER_IDS);
    const named = [...open, ...ended].sort((a, b) => a.orderNo - b.orderNo);
    return {
      accountId,
      batchNo: this.position.batchNo,
      nextOrderNo: Math.max(0, open.at(-1)?.orderNo ?? 0, ended.at(-1)?.orderNo ?? 0) + 1,
      policy,
      wallets: [...this.wallets.values()]
        .filter((wallet) => wallet.accountId === accountId)
        .map(({ assetId, balanceMinor, lockedMinor }) => [assetId, balanceMinor - lockedMinor] as const),
      openOrders: open,
      clientOrderIds: named.flatMap(({ clientOrderId, requestDigest, orderNo }) =>
        clientOrderId === null ? [] : [[clientOrderId, requestDigest, orderNo] as const],
      ),
      volumes: [...this.#volumes.values()]
        .filter((row) => row.accountId === accountId && row.day >= sinceDay)
        .map(({ quoteAssetId, day, volumeMinor }) => [quoteAssetId, day, volumeMinor] as const),
    };
  }

  loadMarket({ id, breaker }: Market): MarketSnapshot {
    const state = this.marketStates.get(id)!;
    const { auctionEndsAtMs, auctionOpensAs, breakerFromTradeNo } = state;
    return {
      marketId: id,
      status: state.status,
      seq: state.seq,
      places: state.places,
      tradeNo: state.tradeNo,
      lastPriceTicks: state.lastPriceTicks,
      auctionEndsAtMs,
      auctionOpensAs,
      breakerFromTradeNo,
      recentPrices:
        breaker === null
          ? []
          : this.trades
              .filter(({ trade }) => trade.marketId === id && trade.tradeNo > breakerFromTradeNo)
              .map(({ trade }) => [trade.priceTicks, trade.executedAtMs] as const),
      // The market makes them its own.
      orders: [...this.open.values()]
        .filter((order) => order.marketId === id)
        .sort((a, b) => a.priority - b.priority)
        .map((order) => ({ ...order })),
    };
  }

  loadCatalog() {
    const markets = [...this.markets.values()].map((market) => ({
      ...market,
      status: this.marketStates.get(market.id)!.status,
    }));
    return { assets: [...this.#assets], markets };
  }

  loadCountdowns() {
    return [...this.#countdowns].sort((a, b) => a[1] - b[1]);
  }

  loadCandles(marketId: number, sinceMs: number): readonly Candle[] {
    const all = [...this.#candles.values()]
      .filter((row) => row.marketId === marketId)
      .map(({ candle }) => candle);
    const minutes = all.filter((candle) => candle.intervalMs === 60_000 && candle.openedAtMs >= sinceMs);
    const newest = new Map<number, Candle>();
    for (const candle of all) {
      const known = newest.get(candle.intervalMs);
      if (candle.intervalMs > 60_000 && (known?.openedAtMs ?? -1) < candle.openedAtMs)
        newest.set(candle.intervalMs, candle);
    }
    return [...minutes.sort((a, b) => a.openedAtMs - b.openedAtMs), ...newest.values()];
  }

  findOrder(ref: OrderRef): Order | undefined {
    return this.open.get(keyOf(ref)) ?? this.ended.get(keyOf(ref));
  }

  #check(batch: SettlementBatch): void {
    const must = (holds: boolean, what: string) => {
      if (!holds) throw new Violation(what);
    };
    for (const order of batch.opened)
      must(!this.open.has(keyOf(order)) && !this.ended.has(keyOf(order)), 'an order opens once');
    for (const ref of [...batch.changed, ...batch.closed])
      must(this.open.has(keyOf(ref)), 'an order that changes or closes is open');
    for (const order of batch.ended) must(!this.ended.has(keyOf(order)), 'an order ends once');
    for (const { accountId, reference } of batch.deposits)
      must(!this.deposits.has(`${accountId} ${reference}`), 'a deposit is there once');
    const refusal = this.withdrawals.refusalFor(batch);
    must(refusal === undefined, refusal ?? '');
    for (const state of batch.marketStates)
      must(
        this.marketStates.has(state.marketId) || batch.markets.some(({ id }) => id === state.marketId),
        'a market has a state',
      );
    for (const delta of batch.wallets) {
      if (delta.accountId < FIRST_CUSTOMER_ACCOUNT) continue;
      const before = this.wallets.get(`${delta.accountId}-${delta.assetId}`);
      const balance = (before?.balanceMinor ?? 0n) + delta.balanceMinor;
      const locked = (before?.lockedMinor ?? 0n) + delta.lockedMinor;
      must(balance >= 0n && locked >= 0n && locked <= balance, 'a wallet covers what it has locked');
    }
  }

  #addMarket(market: Market): void {
    const { id: marketId, status } = market;
    this.markets.set(marketId, market);
    const nothingYet = { seq: 0, places: 0, auctionEndsAtMs: null, breakerFromTradeNo: 0, tradeNo: 0 };
    const auctionOpensAs = 'open';
    this.marketStates.set(marketId, {
      marketId,
      status,
      auctionOpensAs,
      ...nothingYet,
      lastPriceTicks: null,
    });
  }

  #setState(state: MarketState): void {
    const before = this.marketStates.get(state.marketId)!;
    this.marketStates.set(state.marketId, {
      ...state,
      tradeNo: Math.max(before.tradeNo, state.tradeNo),
      lastPriceTicks: state.lastPriceTicks ?? before.lastPriceTicks,
    });
  }

  #wallet(accountId: number, assetId: number): StoredWallet {
    const key = `${accountId}-${assetId}`;
    const wallet = this.wallets.get(key) ?? { accountId, assetId, balanceMinor: 0n, lockedMinor: 0n };
    this.wallets.set(key, wallet);
    return wallet;
  }

  #addFrames(batch: SettlementBatch, frame: FrameMaker): readonly StoredFrame[] {
    const frames = frame.accountIds.map((accountId) => {
      const stored = this.frames.get(accountId) ?? [];
      this.frames.set(accountId, stored);
      const balances = batch.wallets
        .filter((delta) => delta.accountId === accountId)
        .map(({ assetId }) => {
          const { balanceMinor, lockedMinor } = this.#wallet(accountId, assetId);
          return JSON.stringify({ asset: assetId, balance: `${balanceMinor}`, locked: `${lockedMinor}` });
        });
      const payload = Buffer.concat([frame.head(accountId), Buffer.from(`${balances.join(',')}]}`)]);
      const made: StoredFrame = { accountId, sequence: stored.length + 1, payload };
      stored.push(made);
      return made;
    });
    this.framesByBatch.set(batch.batchNo, frames);
    return frames;
  }
}
