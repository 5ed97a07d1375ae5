import type { LevelChange, MarketEffect } from '../../src/actors/effects.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import { holdAssetId } from '../../src/domain/orders/order.ts';
import { postingsOfTrade } from '../../src/domain/trade.ts';
import { ACCOUNTS, market } from './market-drafts.ts';
import type { NaiveMarket } from './naive-market.ts';

/** What accounts hold and what a book shows, followed by adding up what effects say of it. */
export class Totals {
  readonly #held = new Map<string, bigint>();
  readonly #levels = new Map<string, number>();

  /** @returns what is wrong with an effect, or with what all effects so far add up to */
  take(effect: MarketEffect, naive: NaiveMarket): string | undefined {
    const free = new Map<string, bigint>();
    const add = (totals: Map<string, bigint>, key: string, minor: bigint) =>
      totals.set(key, (totals.get(key) ?? 0n) + minor);
    for (const { accountId, assetId, amountMinor } of effect.reserved)
      add(free, `${accountId} ${assetId}`, amountMinor);
    for (const trade of effect.trades) {
      for (const { accountId, assetId, amountMinor } of postingsOfTrade(market, trade))
        if (accountId >= ACCOUNTS[0]!) add(free, `${accountId} ${assetId}`, amountMinor);
    }
    for (const { order, holdBeforeMinor } of effect.orders) {
      add(this.#held, holderOf(order), order.holdMinor - holdBeforeMinor);
      add(free, holderOf(order), holdBeforeMinor - order.holdMinor);
    }
    for (const [account, minor] of free)
      if (minor < 0n) return `account and asset ${account} spent ${-minor} more than was set aside`;
    return this.#heldAmiss(naive) ?? this.#levelsAmiss(effect.levels, naive);
  }

  #heldAmiss(naive: NaiveMarket): string | undefined {
    const needed = new Map<string, bigint>();
    for (const order of naive.orders) {
      const holder = holderOf(order);
      needed.set(holder, (needed.get(holder) ?? 0n) + order.holdMinor);
    }
    for (const holder of new Set([...needed.keys(), ...this.#held.keys()])) {
      const held = this.#held.get(holder) ?? 0n;
      const most = needed.get(holder) ?? 0n;
      if (held !== most) return `account and asset ${holder} holds ${held} where its orders can cost ${most}`;
    }
    return undefined;
  }

  #levelsAmiss(changes: readonly LevelChange[], naive: NaiveMarket): string | undefined {
    for (const [side, priceTicks, lots] of changes) {
      const level = `${side} ${priceTicks}`;
      const shown = (this.#levels.get(level) ?? 0) + lots;
      if (shown === 0) this.#levels.delete(level);
      else this.#levels.set(level, shown);
    }
    const shown = new Map<string, number>();
    for (const order of naive.orders) {
      if (!order.isOnBook) continue;
      const level = `${order.side} ${order.priceTicks}`;
      shown.set(level, (shown.get(level) ?? 0) + order.shown);
    }
    for (const level of new Set([...shown.keys(), ...this.#levels.keys()])) {
      const told = this.#levels.get(level);
      if (told !== shown.get(level))
        return `level ${level}: changes add up to ${told}, it shows ${shown.get(level)}`;
    }
    return undefined;
  }
}

function holderOf({ accountId, side }: Pick<Order, 'accountId' | 'side'>): string {
  return `${accountId} ${holdAssetId(market, side)}`;
}
