import type { AnswerEffect, MarketEffect } from '../../src/actors/effects.ts';
import type { MarketCommand } from '../../src/actors/market-messages.ts';
import { Matching } from '../../src/actors/markets/matching.ts';
import type { LiveOrder } from '../../src/actors/markets/order-table.ts';
import { BatchBuilder } from '../../src/actors/settlement/batch.ts';
import { Account } from '../../src/domain/accounts/account.ts';
import type { AccountPolicy } from '../../src/domain/accounts/admission.ts';
import { createCatalog } from '../../src/domain/catalog.ts';
import type { Market } from '../../src/domain/markets/market.ts';
import { parseDecimal } from '../../src/domain/money.ts';
import type { OrderListRequest } from '../../src/domain/orders/order-list.ts';
import type { OrderRequest } from '../../src/domain/orders/order-request.ts';
import { accept, type Result, refuse } from '../../src/domain/rejection.ts';
import { emptyMarket } from '../../src/domain/snapshots.ts';
import { FIRST_CUSTOMER_ACCOUNT, type OrderRef } from '../../src/domain/trade.ts';
import { scenarioMarket } from './market.ts';
import { Written } from './restart.ts';
import { millisecondsOf, type Scenario, type ScenarioCommand, type ScenarioOrder } from './scenario.ts';
import { ASSETS, bookAmiss, Wallets } from './wallets.ts';

const START_MS = Date.UTC(2026, 0, 5, 12);
const REPLY_TO = 1;

/** Outsiders, who make the last price where a scenario says that it is one. */
export const SELLER = 'outsider-who-sells';
export const BUYER = 'outsider-who-buys';
const PLENTY = Object.freeze({ BTC: '1000000', USD: '1000000000' });

type Handled = MarketEffect | AnswerEffect;

/** What an account let through: a message to the market, or orders that it knows already. */
type Admitted = { readonly command: MarketCommand } | { readonly repeats: readonly number[] };

/**
 * One market and its accounts without actors and without a database: the parts that decide, put together as the actors put
 * them together.
 */
export class LittleExchange {
  readonly market: Market;
  readonly wallets = new Wallets();
  readonly #ids: ReadonlyMap<string, number>;
  readonly #policies = new Map<number, AccountPolicy>();
  readonly #accounts = new Map<number, Account>();
  readonly #orderNames = new Map<string, string>();
  readonly #written = new Written();
  #matching: Matching;
  #nowMs = START_MS;
  #position = { epoch: 1, batchNo: 0, entryNo: 0, logHash: new Uint8Array(32) as Uint8Array };

  constructor(scenario: Scenario) {
    this.market = scenarioMarket(scenario.market);
    this.#matching = new Matching(this.market, emptyMarket(this.market));
    const accounts: Scenario['accounts'] = { ...scenario.accounts, [SELLER]: PLENTY, [BUYER]: PLENTY };
    this.#ids = new Map(Object.keys(accounts).map((name, index) => [name, FIRST_CUSTOMER_ACCOUNT + index]));
    for (const [name, accountId] of this.#ids) {
      for (const { id, symbol, scale } of ASSETS) {
        const amount = parseDecimal(accounts[name]?.[symbol as 'BTC' | 'USD'] ?? '0', scale);
        if (!amount.ok) throw new Error(amount.refusal.detail);
        this.wallets.deposit(accountId, id, amount.value);
      }
      const group = scenario.groups?.find((members) => members.includes(name)) ?? [name];
      const policy: AccountPolicy = {
        tradeGroup: this.idOf(group[0]!),
        selfTrade: scenario.selfTradePrevention?.[name] ?? 'cancel_newest',
        frozen: false,
      };
      this.#policies.set(accountId, policy);
      this.#accounts.set(accountId, this.#read(accountId));
    }
  }

  get state(): Matching['state'] {
    return this.#matching.state;
  }

  openOrders(): LiveOrder[] {
    return [...this.#ids.values()].flatMap((accountId) => this.state.orders.ofAccount(accountId, {}));
  }

  idOf(name: string): number {
    const accountId = this.#ids.get(name);
    if (accountId === undefined) throw new Error(`The scenario has no account ${name}.`);
    return accountId;
  }

  /** For example `ann bid`, or `ann #3` of an order without a name. */
  nameOf({ accountId, orderNo }: OrderRef): string {
    const account = [...this.#ids].find(([, id]) => id === accountId)![0];
    return `${account} ${this.#orderNames.get(`${accountId}-${orderNo}`) ?? `#${orderNo}`}`;
  }

  setClock(sinceStartMs: number): void {
    this.#nowMs = START_MS + sinceStartMs;
  }

  /** As an account decides on what it is asked for. */
  admit(name: string, command: ScenarioCommand): Result<Admitted> {
    const account = this.#accounts.get(this.idOf(name))!;
    const market = { ...this.market, status: this.state.status };
    if ('place' in command) return this.#place(account, market, command.place);
    if ('list' in command) return this.#placeList(account, market, command.list);
    if ('cancelAll' in command) {
      return accept({
        command: { type: 'cancelAllResting', accountId: account.id, ...command.cancelAll },
      });
    }
    const named = 'cancel' in command ? command.cancel : 'amend' in command ? command.amend : command.replace;
    const order = account.working({ clientOrderId: named });
    if ('replace' in command) {
      const isRepeat = !order.ok && account.knows(command.with.name);
      if (!order.ok && !isRepeat) return order;
      return this.#place(account, market, command.with, order.ok ? order.value.orderNo : undefined);
    }
    if (!order.ok) return order;
    const { orderNo } = order.value;
    if ('cancel' in command)
      return accept({ command: { type: 'cancelResting', accountId: account.id, orderNo } });
    const referencePriceTicks = this.state.lastPriceTicks;
    const admitted = account.admitAmend(market, orderNo, { ...command, referencePriceTicks });
    if (!admitted.ok) return admitted;
    const { reserved, marketId: _, ...amend } = admitted.value;
    return accept({
      command: {
        type: 'amendResting',
        accountId: account.id,
        ...amend,
        extraHoldMinor: reserved.amountMinor.toString(),
      },
    });
  }

  /** What the clock asks the market for, as the market's actor does before every message. */
  *due(): Generator<Handled> {
    for (;;) {
      const { nextExpiryMs, auctionEndsAtMs } = this.state;
      const auctionEnds = auctionEndsAtMs ?? Number.POSITIVE_INFINITY;
      if (nextExpiryMs <= Math.min(this.#nowMs, auctionEnds)) yield this.handle({ type: 'expireOrders' });
      else if (auctionEnds <= this.#nowMs) yield this.handle({ type: 'endAuction' });
      else break;
    }
    if (this.state.status === 'closed' && this.state.orders.size > 0)
      yield this.handle({ type: 'sweepClosed' });
  }

  handle(command: MarketCommand): Handled {
    return this.#matching.handle(command, this.#nowMs, REPLY_TO);
  }

  /** Commits what was done and tells the accounts, as settlement does. */
  settle(effects: readonly Handled[]): void {
    const builder = new BatchBuilder(createCatalog(ASSETS, [this.market]), this.#position);
    for (const effect of effects) builder.add(effect);
    if (!builder.isEmpty) {
      const { batch, settled } = builder.finish(this.#nowMs);
      const { epoch, batchNo, lastEntryNo, log } = batch;
      this.#position = { epoch, batchNo, entryNo: lastEntryNo, logHash: log.hash };
      this.#written.add(batch);
      this.wallets.apply(batch);
      for (const [accountId, message] of settled) this.#accounts.get(accountId)!.settle(message);
    }
    for (const effect of effects) {
      if (effect.type === 'marketEffect' || effect.returned === null) continue;
      const { accountId, hold } = effect.returned;
      const account = this.#accounts.get(accountId)!;
      if (hold.type === 'reservationReturned') account.giveBack(hold.reserved);
      else if (hold.command === 'amendResting') account.returnAmend(hold.orderNos[0]!, hold.reserved);
      else account.returnOrders(hold.orderNos, hold.reserved);
    }
  }

  /** Forgets everything and reads it back from what was written. */
  restart(): void {
    const { market } = this.state;
    this.#matching = new Matching(market, this.#written.market(this.#matching, this.openOrders()));
    for (const accountId of this.#accounts.keys()) this.#accounts.set(accountId, this.#read(accountId));
  }

  /** What must be so after every step, and is not. */
  amiss(): string[] {
    return [...this.wallets.amiss(this.#accounts, this.state), ...bookAmiss(this.state)];
  }

  #read(accountId: number): Account {
    const policy = this.#policies.get(accountId)!;
    return new Account(this.#written.account(accountId, policy, this.wallets, this.#matching));
  }

  #place(account: Account, market: Market, order: ScenarioOrder, replaces?: number): Result<Admitted> {
    const request = requestOf(order);
    const reference = this.#referenceFor(market, request);
    const admission = account.admitOrder(market, request, reference, this.#nowMs, replaces);
    if (!admission.ok) return admission;
    if (admission.value.kind === 'repeated') return accept({ repeats: [admission.value.repeated.orderNo] });
    const { order: admitted, reserved } = admission.value;
    this.#name(admitted);
    return accept({
      command:
        replaces === undefined
          ? { type: 'submitOrder', order: admitted }
          : {
              type: 'replaceOrder',
              orderNo: replaces,
              order: admitted,
              reservedMinor: reserved.amountMinor.toString(),
            },
    });
  }

  #placeList(
    account: Account,
    market: Market,
    { working, legs }: { working?: ScenarioOrder | undefined; legs: readonly ScenarioOrder[] },
  ): Result<Admitted> {
    const request: OrderListRequest = {
      market: market.symbol,
      legs: legs.map(listed),
      ...(working === undefined ? {} : { working: listed(working) }),
    };
    const all = [request.working, ...request.legs];
    const first = all.find((order) => order?.type === 'trailing_stop') ?? request.working ?? request.legs[0];
    if (first === undefined) return refuse('invalid_order_list', 'There is no order in it.');
    const reference = this.#referenceFor(market, { ...first, market: market.symbol });
    const admission = account.admitList(market, request, reference, this.#nowMs);
    if (!admission.ok) return admission;
    if (admission.value.kind === 'repeated')
      return accept({ repeats: admission.value.repeated.map(({ orderNo }) => orderNo) });
    for (const order of admission.value.orders) this.#name(order);
    return accept({ command: { type: 'submitList', orders: admission.value.orders } });
  }

  /** As the gate looks it up: the last price, or where nothing was traded yet the best opposite one. */
  #referenceFor({ limitBandPpm }: Market, { side, type }: OrderRequest): number | null {
    if (type !== 'market' && type !== 'trailing_stop' && limitBandPpm === 0) return null;
    const { lastPriceTicks, book } = this.state;
    if (lastPriceTicks !== null) return lastPriceTicks;
    return (side === 'buy' ? book.bestAsk() : book.bestBid()) || null;
  }

  #name({ accountId, orderNo, clientOrderId }: OrderRef & { readonly clientOrderId: string | null }): void {
    if (clientOrderId !== null) this.#orderNames.set(`${accountId}-${orderNo}`, clientOrderId);
  }
}

function requestOf(order: ScenarioOrder): OrderRequest {
  return { ...listed(order), market: 'BTC-USD' };
}

function listed({ name, expiresAt, ...order }: ScenarioOrder): OrderListRequest['legs'][number] {
  return {
    ...order,
    ...(name === undefined ? {} : { clientOrderId: name }),
    ...(expiresAt === undefined
      ? {}
      : { expiresAt: new Date(START_MS + millisecondsOf(expiresAt)).toISOString() }),
  };
}
