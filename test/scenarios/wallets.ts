import type { OpenMarket } from '../../src/actors/markets/open-market.ts';
import type { LiveOrder } from '../../src/actors/markets/order-table.ts';
import { BUY, SELL } from '../../src/domain/book/commands.ts';
import type { Market } from '../../src/domain/markets/market.ts';
import { isContinuous } from '../../src/domain/markets/market-machine.ts';
import type { SettlementBatch } from '../../src/domain/settlement.ts';
import { FEES_ACCOUNT } from '../../src/domain/trade.ts';
import { BTC, USD } from './market.ts';

export const ASSETS = Object.freeze([BTC, USD]);

interface Wallet {
  balance: bigint;
  locked: bigint;
}

/** What accounts have, as the batches say. */
export class Wallets {
  readonly #wallets = new Map<string, Wallet>();
  readonly #deposited = new Map<number, bigint>();

  deposit(accountId: number, assetId: number, amountMinor: bigint): void {
    this.of(accountId, assetId).balance += amountMinor;
    this.#deposited.set(assetId, (this.#deposited.get(assetId) ?? 0n) + amountMinor);
  }

  of(accountId: number, assetId: number): Wallet {
    const key = `${accountId}/${assetId}`;
    const wallet = this.#wallets.get(key) ?? { balance: 0n, locked: 0n };
    this.#wallets.set(key, wallet);
    return wallet;
  }

  availableOf(accountId: number): (readonly [assetId: number, minor: bigint])[] {
    return ASSETS.map(({ id }) => {
      const { balance, locked } = this.of(accountId, id);
      return [id, balance - locked] as const;
    });
  }

  apply(batch: SettlementBatch): void {
    for (const { accountId, assetId, balanceMinor, lockedMinor } of batch.wallets) {
      const wallet = this.of(accountId, assetId);
      wallet.balance += balanceMinor;
      wallet.locked += lockedMinor;
    }
  }

  /** @returns what is wrong with the wallets */
  *amiss(
    accounts: ReadonlyMap<number, { available(assetId: number): bigint }>,
    open: OpenMarket,
  ): Generator<string> {
    for (const { id, symbol } of ASSETS) {
      let sum = this.of(FEES_ACCOUNT, id).balance;
      for (const [accountId, account] of accounts) {
        const { balance, locked } = this.of(accountId, id);
        const available = account.available(id);
        const needed = neededBy(open.market, open.orders.ofAccount(accountId, {}), id);
        sum += balance;
        if (locked < 0n || available < 0n) yield `account ${accountId}: less than no ${symbol}`;
        if (available + locked !== balance)
          yield `account ${accountId}: ${available} + ${locked} ≠ ${balance} ${symbol}`;
        if (locked !== needed)
          yield `account ${accountId}: its orders hold ${locked}, not ${needed} ${symbol}`;
      }
      if (sum !== (this.#deposited.get(id) ?? 0n)) yield `${symbol} was made or lost`;
    }
  }
}

/** What open orders can still cost, reckoned here once more in the plainest way. */
function neededBy(market: Market, orders: readonly LiveOrder[], assetId: number): bigint {
  const need = ({ side, priceTicks, quantityLots, filledLots }: LiveOrder) => {
    const lots = BigInt(quantityLots - filledLots);
    return side === 'buy' ? lots * BigInt(priceTicks) * market.tickLotMinor : lots * market.lotMinor;
  };
  const holds = ({ side }: LiveOrder) => (side === 'buy' ? USD.id : BTC.id) === assetId;
  const lists = new Map<number, LiveOrder[]>();
  let sum = 0n;
  for (const order of orders) {
    const list = order.terms?.list;
    if (list?.role === 'leg') lists.set(list.no, [...(lists.get(list.no) ?? []), order]);
    else if (holds(order)) sum += need(order);
  }
  for (const [no, legs] of lists) {
    if (!legs.every(holds)) continue;
    // Only one leg can execute.
    const dearest = legs.map(need).reduce((most, next) => (next > most ? next : most));
    const working = orders.find(({ terms }) => terms?.list?.no === no && terms.list.role === 'working');
    if (working === undefined || working.side === legs[0]!.side) sum += dearest;
    else {
      const gross =
        working.side === 'buy' ? BigInt(working.filledLots) * market.lotMinor : working.filledQuoteMinor;
      const received = gross - working.feeMinor;
      sum += received < dearest ? received : dearest;
    }
  }
  return sum;
}

/** What is wrong with the book. */
export function* bookAmiss({ book, orders, status }: OpenMarket): Generator<string> {
  const bid = book.bestBid();
  const ask = book.bestAsk();
  if (isContinuous(status) && bid > 0 && ask > 0 && bid >= ask) yield 'the book is crossed';
  for (const side of [BUY, SELL] as const) {
    const wrong: string[] = [];
    book.forEachResting(side, (id, _, priceTicks, shown, hidden) => {
      const order = orders.at(id);
      const open = order.quantityLots - order.filledLots;
      if (open !== shown + hidden || order.priceTicks !== priceTicks)
        wrong.push(`${order.accountId}-${order.orderNo}`);
      const showsAll = order.terms?.iceberg === undefined;
      if (showsAll && hidden !== 0) wrong.push(`${order.accountId}-${order.orderNo} hides something`);
    });
    yield* wrong.map((name) => `${name} is not in the book as it should be`);
  }
}
