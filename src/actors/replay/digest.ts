import { createHash } from 'node:crypto';
import type { AccountPolicy } from '../../domain/accounts/admission.ts';
import type { Order } from '../../domain/orders/order.ts';
import type { EnteredTrade, MarketState, Wallet } from '../../domain/settlement.ts';
import { toLogged } from '../../domain/withdrawals/logged-withdrawal.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';

/**
 * Digests that compare what was replayed with what the database holds. Sets that grow with history are digested row by
 * row and summed modulo 2^64, so that neither side has to hold or sort them.
 */

const MODULUS = 1n << 64n;

/** A digest of a set of rows, whatever their order. */
export class SetDigest {
  count = 0;
  #sum = 0n;

  add(row: string): void {
    this.count += 1;
    this.#sum = (this.#sum + createHash('sha256').update(row).digest().readBigUInt64BE()) % MODULUS;
  }

  /** 16 hexadecimal digits. */
  get value(): string {
    return this.#sum.toString(16).padStart(16, '0');
  }
}

export function orderLine(order: Order): string {
  return [
    order.marketId,
    order.accountId,
    order.orderNo,
    order.clientOrderId,
    order.requestDigest,
    order.side,
    order.type,
    order.timeInForce,
    order.postOnly,
    order.priceTicks,
    order.quantityLots,
    order.quoteBudget,
    order.selfTrade,
    order.terms === null ? '' : JSON.stringify(order.terms),
    order.makerFeePpm,
    order.takerFeePpm,
    order.filledLots,
    order.filledQuoteMinor,
    order.feeMinor,
    order.holdMinor,
    order.status,
    order.reason,
    order.createdAtMs,
    order.updatedAtMs,
  ].join('|');
}

export function policyLine(accountId: number, { tradeGroup, selfTrade, frozen }: AccountPolicy): string {
  return [accountId, tradeGroup, selfTrade, frozen].join('|');
}

export function tradeLine({ entryNo, trade }: EnteredTrade): string {
  return [
    entryNo,
    trade.marketId,
    trade.tradeNo,
    trade.priceTicks,
    trade.quantityLots,
    trade.takerSide,
    trade.maker.accountId,
    trade.maker.orderNo,
    trade.taker.accountId,
    trade.taker.orderNo,
    trade.makerFeeMinor,
    trade.takerFeeMinor,
    trade.executedAtMs,
  ].join('|');
}

/** All of a withdrawal. */
export function withdrawalLine(withdrawal: Withdrawal): string {
  const { rule, approvals } = withdrawal;
  const line = {
    ...toLogged(withdrawal),
    // The database keeps objects, but not the order of what is in them.
    rule: [rule.tier, rule.required, rule.treasurers, rule.approvers],
    approvals: approvals.map(({ userId, isTreasurer }) => [userId, isTreasurer]),
  };
  return JSON.stringify(Object.entries(line).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The present: what must be equal to the last unit after a replay. */
export interface PresentState {
  readonly markets: readonly MarketState[];
  /** Orders that rest. */
  readonly books: readonly Order[];
  readonly wallets: readonly Wallet[];
}

/** SHA-256, in hexadecimal, over markets, books in the order of their queues, and wallets. */
export function stateHash(state: PresentState): string {
  const hash = createHash('sha256');
  for (const market of [...state.markets].sort((a, b) => a.marketId - b.marketId)) {
    hash.update(
      `market|${market.marketId}|${market.status}|${market.seq}|${market.tradeNo}|${market.lastPriceTicks ?? ''}\n`,
    );
  }
  for (const order of [...state.books].sort((a, b) => a.marketId - b.marketId || a.priority - b.priority)) {
    hash.update(`order|${orderLine(order)}\n`);
  }
  const wallets = state.wallets.filter((wallet) => wallet.balanceMinor !== 0n || wallet.lockedMinor !== 0n);
  for (const wallet of wallets.sort((a, b) => a.accountId - b.accountId || a.assetId - b.assetId)) {
    hash.update(
      `wallet|${wallet.accountId}|${wallet.assetId}|${wallet.balanceMinor}|${wallet.lockedMinor}\n`,
    );
  }
  return hash.digest('hex');
}
