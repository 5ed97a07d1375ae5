import type { AnswerEffect, MarketEffect } from '../../src/actors/effects.ts';
import type { MarketCommand } from '../../src/actors/market-messages.ts';
import { Matching } from '../../src/actors/markets/matching.ts';
import { BUY, SELL } from '../../src/domain/book/commands.ts';
import { digest53 } from '../../src/domain/digest.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import { emptyMarket } from '../../src/domain/snapshots.ts';
import type { Trade } from '../../src/domain/trade.ts';
import { ACCOUNTS, type Draft, market } from './market-drafts.ts';
import { NaiveMarket, type Outcome } from './naive-market.ts';
import { Totals } from './naive-market-money.ts';
import { hasEnded, type NaiveOrder } from './naive-market-orders.ts';
import { lineOf } from './naive-market-script.ts';
import { Traders } from './naive-market-traders.ts';

const START_MS = 1_000;
/** Few, so that stops often have their turn in a later message. */
const FIRES_A_MESSAGE = 2;
const REPLY_TO = 7;
const SIDES = [
  [BUY, 'buy'],
  [SELL, 'sell'],
] as const;

/**
 * Runs drafts through a market and its naive twin.
 * @returns how many commands that were, and a digest of all that both came to
 * @throws where they differ, with the script that leads there
 */
export function runDrafts(drafts: readonly Draft[]): { commands: number; hash: number } {
  const pair = new MarketPair();
  const traders = new Traders(pair.naive);
  const script: string[] = [];
  let atMs = START_MS;
  const run = (command: MarketCommand | undefined) => {
    script.push(lineOf(command, atMs));
    const difference = attempt(() => (command === undefined ? pair.restart() : pair.handle(command, atMs)));
    if (difference !== undefined) throw new Error(`${difference}\n\n${script.join('\n')}\n`);
  };
  for (const next of drafts) {
    atMs += next.waitMs;
    // As the market's actor does before it looks at a command.
    for (;;) {
      if (pair.naive.due(atMs).length > 0) run({ type: 'expireOrders' });
      else if ((pair.naive.auctionEndsAtMs ?? Infinity) <= atMs) run({ type: 'endAuction' });
      else break;
    }
    // Others come in between as often as not.
    if (pair.naive.hasDue && next.waitMs % 2 === 0) run({ type: 'fireStops' });
    run(traders.command(next, atMs));
  }
  return { commands: script.length, hash: pair.hash };
}

function attempt(act: () => string | undefined): string | undefined {
  try {
    return act();
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** A market and its naive twin, which are given the same commands. */
export class MarketPair {
  readonly naive = new NaiveMarket(market, FIRES_A_MESSAGE);
  #matching = new Matching(market, emptyMarket(market), FIRES_A_MESSAGE);
  readonly #totals = new Totals();
  /** All there ever were. */
  readonly #trades: Trade[] = [];
  hash = 0;

  /** @returns in what they differ after it */
  handle(command: MarketCommand, atMs: number): string | undefined {
    const before = new Map(this.naive.orders.map((order) => [order, { ...order }]));
    const outcome = this.naive.handle(command, atMs);
    const effect = this.#matching.handle(command, atMs, REPLY_TO);
    return (
      outcomeAmiss(effect, outcome) ??
      (effect.type === 'marketEffect' ? this.#effectAmiss(effect, before) : undefined) ??
      this.#stateAmiss()
    );
  }

  /** Reads the market back from what a ledger would hold of it. */
  restart(): string | undefined {
    const { state } = this.#matching;
    const orders = ACCOUNTS.flatMap((accountId) => state.orders.ofAccount(accountId, {})).map(
      ({ bookId: _, ...order }): Order => order,
    );
    const { status, seq, tradeNo, lastPriceTicks, places, auctionEndsAtMs, breakerFromTradeNo } = state;
    orders.sort((a, b) => a.priority - b.priority);
    this.#matching = new Matching(
      market,
      {
        ...emptyMarket(market),
        status,
        seq,
        tradeNo,
        lastPriceTicks,
        places,
        auctionEndsAtMs,
        breakerFromTradeNo,
        recentPrices: this.#trades
          .filter((trade) => trade.tradeNo > breakerFromTradeNo)
          .map(({ priceTicks, executedAtMs }) => [priceTicks, executedAtMs] as const),
        orders,
      },
      FIRES_A_MESSAGE,
    );
    return this.#stateAmiss();
  }

  #effectAmiss(effect: MarketEffect, before: ReadonlyMap<NaiveOrder, NaiveOrder>): string | undefined {
    const { naive } = this;
    const { trades, preventions } = naive.book;
    for (const trade of effect.trades) this.#trades.push(trade);
    const clearing = wordsOf(effect.clearing);
    if (clearing !== wordsOf(naive.clearing))
      return `the auction would trade ${clearing}, not ${wordsOf(naive.clearing)}`;
    if (effect.seq !== naive.seq) return `seq is ${effect.seq}, not ${naive.seq}`;
    const changed = new Map(effect.orders.map((change) => [nameOf(change.order), change]));
    for (const order of naive.touchable) {
      const old = before.get(order);
      const change = changed.get(nameOf(order));
      if (change === undefined) {
        if (old === undefined || isChanged(old, order))
          return `${nameOf(order)} changed, which the effect leaves out`;
        continue;
      }
      const amiss = orderAmiss(change.order, order);
      if (amiss !== undefined) return `in the effect, ${amiss}`;
      if (change.holdBeforeMinor !== (old?.holdMinor ?? 0n)) return `${nameOf(order)}: hold before`;
      if (change.restedBefore !== (old !== undefined)) return `${nameOf(order)}: rested before`;
      changed.delete(nameOf(order));
    }
    const told = canceledAmiss(effect, naive);
    if (told !== undefined) return told;
    if (changed.size > 0) return `the effect has orders ${[...changed.keys()]} that were not open`;
    return (
      listAmiss('trades', effect.trades, trades) ??
      listAmiss('preventions', effect.preventions, preventions) ??
      this.#totals.take(effect, naive)
    );
  }

  #stateAmiss(): string | undefined {
    const { naive } = this;
    const { state } = this.#matching;
    if (state.orders.size !== naive.orders.length)
      return `${state.orders.size} orders are open, not ${naive.orders.length}`;
    if (state.lastPriceTicks !== naive.book.lastPriceTicks) return 'the last price';
    if (state.status !== naive.status) return `the market is ${state.status}, not ${naive.status}`;
    if (state.auctionEndsAtMs !== naive.auctionEndsAtMs) return 'the end of the auction';
    for (const order of naive.orders) {
      const open = state.orders.find(order.accountId, order.orderNo);
      if (open === undefined) return `${nameOf(order)} is not open, but should be`;
      const amiss = orderAmiss(open, order);
      if (amiss !== undefined) return amiss;
    }
    const arrivals = [...naive.orders].sort((a, b) => a.arrival - b.arrival);
    let place = 0;
    for (const { accountId, orderNo } of arrivals) {
      const { priority } = state.orders.find(accountId, orderNo)!;
      if (priority <= place) return `${accountId}#${orderNo} is before one that arrived earlier`;
      place = priority;
    }
    let words = '';
    for (const [bookSide, side] of SIDES) {
      const queue: string[] = [];
      state.book.forEachResting(bookSide, (id, _side, priceTicks, shown, hidden) => {
        queue.push(`${nameOf(state.orders.at(id))} @ ${priceTicks} ${shown}+${hidden}`);
      });
      const expected = naive.book
        .resting(side)
        .map((order) => `${nameOf(order)} @ ${order.priceTicks} ${order.shown}+${order.hidden}`);
      if (queue.join() !== expected.join())
        return `the queue of the ${side} side is ${queue.join(', ')}, not ${expected.join(', ')}`;
      words += queue.join();
    }
    for (const { status, reason, filledLots, quantityLots, holdMinor } of naive.touchable)
      words += `${status}${reason}${filledLots}/${quantityLots}/${holdMinor}`;
    this.hash = digest53(`${this.hash}${words}`);
    return undefined;
  }
}

/** Whoever cancels all is told of what that ended, and of nothing else. */
function canceledAmiss({ command, reply }: MarketEffect, naive: NaiveMarket): string | undefined {
  if (command.type !== 'cancelAllResting' || reply.type !== 'canceledAll') return undefined;
  const reasons: readonly string[] = [command.cause ?? 'canceled_by_client', 'list_canceled'];
  const expected = naive.touchable
    .filter(({ accountId, reason }) => accountId === command.accountId && reasons.includes(reason))
    .map(({ orderNo }) => orderNo)
    .sort((a, b) => a - b);
  const told = reply.orders.map(({ accountId, orderNo }) =>
    accountId === command.accountId ? orderNo : NaN,
  );
  return told.join() === expected.join() ? undefined : `canceled were told ${told}, not ${expected}`;
}

function outcomeAmiss(effect: MarketEffect | AnswerEffect, outcome: Outcome): string | undefined {
  const { reply } = effect;
  const came =
    reply.type === 'refused' ? reply.refusal.code : effect.type === 'answerEffect' ? 'nothing' : 'something';
  return came === outcome ? undefined : `the command came to ${came}, not ${outcome}`;
}

function listAmiss<Item extends object>(
  what: string,
  real: readonly Item[],
  naive: readonly Partial<Item>[],
): string | undefined {
  const isSame =
    real.length === naive.length &&
    naive.every((item, index) =>
      (Object.keys(item) as (keyof Item)[]).every((key) => textOf(item[key]) === textOf(real[index]![key])),
    );
  return isSame ? undefined : `${what} are ${real.map(textOf)}, not ${naive.map(textOf)}`;
}

function wordsOf(
  clearing: { priceTicks: number; volumeLots: number | bigint; surplusLots: number | bigint } | null,
) {
  return clearing === null
    ? 'nothing'
    : `${clearing.volumeLots} @ ${clearing.priceTicks}, surplus ${clearing.surplusLots}`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part));
}

const KEYS = [
  'status',
  'reason',
  'filledLots',
  'filledQuoteMinor',
  'feeMinor',
  'quantityLots',
  'priceTicks',
  'holdMinor',
] as const;

export function orderAmiss(real: Order, naive: NaiveOrder): string | undefined {
  for (const key of KEYS)
    if (real[key] !== naive[key]) return `${nameOf(naive)}: ${key} is ${real[key]}, not ${naive[key]}`;
  const { trigger, iceberg } = real.terms ?? {};
  if (trigger?.stopTicks !== naive.trigger?.stopTicks)
    return `${nameOf(naive)}: the stop is at ${trigger?.stopTicks}, not ${naive.trigger?.stopTicks}`;
  if (trigger?.firedAtMs !== naive.trigger?.firedAtMs) return `${nameOf(naive)}: when it fired`;
  // What has ended shows nothing, whatever it says.
  if (iceberg === undefined || hasEnded(naive)) return undefined;
  const shown = naive.isOnBook ? naive.shown : 0;
  return iceberg.shownLots === shown
    ? undefined
    : `${nameOf(naive)}: shows ${iceberg.shownLots}, not ${shown}`;
}

function isChanged(old: NaiveOrder, order: NaiveOrder): boolean {
  return (
    KEYS.some((key) => old[key] !== order[key]) ||
    old.trigger !== order.trigger ||
    old.shown !== order.shown ||
    old.arrival !== order.arrival
  );
}

function nameOf({ accountId, orderNo }: Pick<Order, 'accountId' | 'orderNo'>): string {
  return `${accountId}#${orderNo}`;
}
