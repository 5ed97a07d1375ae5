import type { AccountPolicy } from '../../domain/accounts/admission.ts';
import { DAY_MS } from '../../domain/accounts/traded-volumes.ts';
import { assert } from '../../domain/assert.ts';
import type { Asset } from '../../domain/asset.ts';
import { candlesOf } from '../../domain/candles.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Clearing } from '../../domain/markets/call-auction.ts';
import type { FeeTier, Market } from '../../domain/markets/market.ts';
import { valueMinor } from '../../domain/markets/market.ts';
import { holdAssetId, type Order } from '../../domain/orders/order.ts';
import { isWorking } from '../../domain/orders/order-machine.ts';
import type { Prevention } from '../../domain/orders/prevention.ts';
import type {
  EnteredDeposit,
  EnteredPosting,
  EnteredTrade,
  LedgerPosition,
  MarketState,
  PostingKind,
  SettlementBatch,
} from '../../domain/settlement.ts';
import {
  FIRST_CUSTOMER_ACCOUNT,
  type OrderRef,
  type Posting,
  postingsOfDeposit,
  postingsOfTrade,
  TREASURY_ACCOUNT,
  type Trade,
} from '../../domain/trade.ts';
import type { AccountSettled } from '../account-messages.ts';
import type { DepositEffect, Effect, LevelChange, MarketCommitted, MarketEffect } from '../effects.ts';
import { AccountShares } from './account-shares.ts';
import { type LoggedMessage, loggedMessage, sealLog } from './message-log.ts';
import { WithdrawalRows } from './withdrawal-rows.ts';

/** A batch as it will be written, and what has to be told once it is. */
export interface PreparedBatch {
  readonly batch: SettlementBatch;
  readonly shares: AccountShares;
  readonly settled: readonly (readonly [accountId: number, message: AccountSettled])[];
  readonly feeds: ReadonlyMap<number, MarketCommitted>;
}

interface FeedShare {
  seq: number;
  atMs: number;
  readonly levels: LevelChange[];
  readonly trades: Trade[];
  clearing: Clearing | null;
}

interface OrderFate {
  order: Order;
  readonly restedBefore: boolean;
}

/**
 * Gathers the effects of a batch. Rows are netted here, so that an order is written once and a wallet once
 * however often the batch changed it.
 */
export class BatchBuilder {
  readonly #catalog: Catalog;
  readonly #position: LedgerPosition;
  #entryNo: number;
  readonly #messages: LoggedMessage[] = [];
  readonly #orders = new Map<string, OrderFate>();
  readonly #trades: EnteredTrade[] = [];
  readonly #postings: EnteredPosting[] = [];
  readonly #deposits: EnteredDeposit[] = [];
  readonly #preventions: Prevention[] = [];
  readonly #policies = new Map<number, AccountPolicy>();
  readonly #countdowns = new Map<number, number | null>();
  readonly #marketStates = new Map<number, MarketState>();
  readonly #feeds = new Map<number, FeedShare>();
  readonly #shares = new AccountShares();
  readonly #withdrawals = new WithdrawalRows(this.#shares, (postings, kind, atMs) =>
    this.#enter(postings, kind, atMs),
  );
  readonly #assets: Asset[] = [];
  readonly #markets: Market[] = [];
  readonly #feeTiers: { readonly marketId: number; readonly tiers: readonly FeeTier[] }[] = [];

  /** @param position where the ledger stands before the batch */
  constructor(catalog: Catalog, position: LedgerPosition) {
    this.#catalog = catalog;
    this.#position = position;
    this.#entryNo = position.entryNo;
  }

  /** Whether something has to be written. */
  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  add(effect: Effect): void {
    const logged = loggedMessage(effect);
    if (logged !== undefined) this.#messages.push(logged);
    switch (effect.type) {
      case 'marketEffect':
        return this.#addMarket(effect);
      case 'depositEffect':
        return this.#addDeposit(effect);
      case 'policyEffect':
        this.#policies.set(effect.accountId, effect.policy);
        this.#shares.of(effect.accountId).policy = effect.policy;
        return;
      case 'countdownEffect':
        this.#countdowns.set(effect.accountId, effect.expiresAtMs);
        return;
      case 'withdrawalEffect':
        return this.#withdrawals.add(effect);
      case 'deskEffect':
        return this.#withdrawals.setDesk(effect);
      case 'networkCostEffect':
        return this.#withdrawals.addCost(effect);
      case 'assetEffect':
        this.#assets.push(effect.asset);
        return;
      case 'marketCreatedEffect':
        this.#markets.push(effect.market);
        return;
      case 'feesEffect':
        this.#feeTiers.push({ marketId: effect.marketId, tiers: effect.feeTiers });
        return;
      case 'answerEffect':
        return;
    }
  }

  finish(committedAtMs: number): PreparedBatch {
    const batchNo = this.#position.batchNo + 1;
    const opened: Order[] = [];
    const changed: Order[] = [];
    const closed: OrderRef[] = [];
    const ended: Order[] = [];
    for (const { order, restedBefore } of this.#orders.values()) {
      if (isWorking(order.status)) (restedBefore ? changed : opened).push(order);
      else {
        ended.push(order);
        if (restedBefore) closed.push({ accountId: order.accountId, orderNo: order.orderNo });
      }
      this.#shares.of(order.accountId).orders.push(order);
    }
    const feeds = new Map<number, MarketCommitted>();
    const candles: SettlementBatch['candles'][number][] = [];
    for (const [marketId, feed] of this.#feeds) {
      const { status, auctionEndsAtMs } = this.#marketStates.get(marketId)!;
      feeds.set(marketId, { type: 'committed', ...feed, status, auctionEndsAtMs });
      for (const candle of candlesOf(this.#market(marketId), feed.trades)) candles.push([marketId, candle]);
    }
    const batch: SettlementBatch = {
      epoch: this.#position.epoch,
      batchNo,
      committedAtMs,
      log: sealLog(this.#messages, this.#position.logHash, batchNo),
      lastEntryNo: this.#entryNo,
      opened,
      changed,
      closed,
      ended,
      trades: this.#trades,
      postings: this.#postings,
      wallets: this.#shares.walletDeltas(),
      deposits: this.#deposits,
      preventions: this.#preventions,
      policies: [...this.#policies],
      countdowns: [...this.#countdowns],
      candles,
      volumes: this.#shares.volumeDeltas(),
      marketStates: [...this.#marketStates.values()],
      assets: this.#assets,
      markets: this.#markets,
      feeTiers: this.#feeTiers,
      ...this.#withdrawals.rows(),
    };
    return { batch, shares: this.#shares, settled: [...this.#shares.settled(batchNo)], feeds };
  }

  #addMarket(effect: MarketEffect): void {
    const market = this.#market(effect.marketId);
    for (const { order, holdBeforeMinor, restedBefore } of effect.orders) {
      const key = `${order.accountId}-${order.orderNo}`;
      const known = this.#orders.get(key);
      if (known === undefined) this.#orders.set(key, { order, restedBefore });
      else known.order = order;
      this.#shares.lock(order.accountId, holdAssetId(market, order.side), order.holdMinor - holdBeforeMinor);
    }
    for (const trade of effect.trades) this.#addTrade(market, trade);
    for (const { accountId, assetId, amountMinor } of effect.reserved) {
      this.#shares.reserved(accountId, assetId, amountMinor);
    }
    for (const prevention of effect.preventions) this.#addPrevention(prevention);
    const { command } = effect;
    if (command.type === 'amendResting') this.#shares.of(command.accountId).amended.push(command.orderNo);
    const before = this.#marketStates.get(effect.marketId);
    const last = effect.trades.at(-1);
    this.#marketStates.set(effect.marketId, {
      marketId: effect.marketId,
      status: effect.status,
      seq: effect.seq,
      places: effect.places,
      auctionEndsAtMs: effect.auctionEndsAtMs,
      auctionOpensAs: effect.auctionOpensAs,
      breakerFromTradeNo: effect.breakerFromTradeNo,
      // What no trade of the batch changed is left to the database by null.
      tradeNo: last?.tradeNo ?? before?.tradeNo ?? 0,
      lastPriceTicks: last?.priceTicks ?? before?.lastPriceTicks ?? null,
    });
    this.#addToFeed(effect);
  }

  #addTrade(market: Market, trade: Trade): void {
    const entryNo = this.#enter(postingsOfTrade(market, trade), 'trade', trade.executedAtMs);
    this.#trades.push({ entryNo, trade });
    const value = valueMinor(market, trade.priceTicks, trade.quantityLots);
    const day = Math.floor(trade.executedAtMs / DAY_MS);
    this.#shares.trade(trade.maker.accountId, trade, 'maker', market.quote.id, day, value);
    this.#shares.trade(trade.taker.accountId, trade, 'taker', market.quote.id, day, value);
  }

  #addPrevention(prevention: Prevention): void {
    this.#preventions.push(prevention);
    const { maker, taker } = prevention;
    this.#shares.of(maker.accountId).preventions.push(prevention);
    if (taker.accountId !== maker.accountId) this.#shares.of(taker.accountId).preventions.push(prevention);
  }

  #addToFeed(effect: MarketEffect): void {
    let feed = this.#feeds.get(effect.marketId);
    if (feed === undefined) {
      feed = { seq: effect.seq, atMs: effect.atMs, levels: [], trades: [], clearing: null };
      this.#feeds.set(effect.marketId, feed);
    }
    feed.seq = effect.seq;
    feed.atMs = effect.atMs;
    feed.clearing = effect.clearing;
    for (const level of effect.levels) feed.levels.push(level);
    for (const trade of effect.trades) feed.trades.push(trade);
  }

  #addDeposit(effect: DepositEffect): void {
    const { accountId, assetId, amountMinor, reference, atMs } = effect;
    const isOwner = accountId >= FIRST_CUSTOMER_ACCOUNT || accountId === TREASURY_ACCOUNT;
    assert(isOwner && amountMinor > 0n, 'customers and the house deposit something');
    const entryNo = this.#enter(postingsOfDeposit(accountId, assetId, amountMinor), 'deposit', atMs);
    this.#deposits.push({ reference, entryNo, accountId, assetId, amountMinor, creditedAtMs: atMs });
    this.#shares.of(accountId).deposits.push(reference);
  }

  #enter(postings: readonly Posting[], kind: PostingKind, postedAtMs: number): number {
    this.#entryNo += 1;
    const entryNo = this.#entryNo;
    for (const { accountId, assetId, amountMinor } of postings) {
      this.#postings.push({ accountId, assetId, amountMinor, entryNo, kind, postedAtMs });
      this.#shares.post(accountId, assetId, amountMinor);
    }
    return entryNo;
  }

  #market(marketId: number): Market {
    const market = this.#catalog.marketById(marketId);
    assert(market !== undefined, 'effects come from markets that are set up');
    return market;
  }
}
