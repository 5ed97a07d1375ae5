import type { CarriedAsset, CarriedAssets } from './assets.ts';
import type { GasPrices } from './gas-prices.ts';
import type { Holdings } from './holdings.ts';
import { type EthereumPlanner, PLAIN_GAS } from './planner.ts';
import { callOf, type Draft, type EthereumTransactions } from './transactions.ts';
import type { EthereumWallet } from './wallet.ts';

interface Found {
  readonly index: number;
  readonly asset: CarriedAsset;
  readonly units: bigint;
}

/** So many at a time, lest withdrawals wait behind them. */
const AT_ONCE = 5;

/**
 * Empties deposit addresses into the hot wallet. A token is moved by whoever owns it, who needs ether for it: where that lacks,
 * the hot wallet sends it first, and the token goes at the next look after that.
 */
export class Sweeper {
  readonly #assets: CarriedAssets;
  readonly #wallet: EthereumWallet;
  readonly #prices: GasPrices;
  readonly #holdings: Holdings;
  readonly #planner: EthereumPlanner;
  readonly #transactions: EthereumTransactions;
  readonly #everyBlocks: number;
  /** The block at which there was nothing to do. */
  #idleAt: number | undefined;

  constructor(
    assets: CarriedAssets,
    wallet: EthereumWallet,
    prices: GasPrices,
    holdings: Holdings,
    planner: EthereumPlanner,
    transactions: EthereumTransactions,
    everyBlocks: number,
  ) {
    this.#assets = assets;
    this.#wallet = wallet;
    this.#prices = prices;
    this.#holdings = holdings;
    this.#planner = planner;
    this.#transactions = transactions;
    this.#everyBlocks = everyBlocks;
  }

  /** @param tip height of the newest block: where nothing was to be done, balances are not asked for in every block */
  async plan(indices: readonly number[], taken: ReadonlySet<string>, tip: number): Promise<readonly Draft[]> {
    const idleAt = this.#idleAt ?? Number.NEGATIVE_INFINITY;
    if (tip >= idleAt && tip < idleAt + this.#everyBlocks) return [];
    const drafts = await this.#plan(indices, taken);
    this.#idleAt = drafts.length === 0 ? tip : undefined;
    return drafts;
  }

  async #plan(indices: readonly number[], taken: ReadonlySet<string>): Promise<readonly Draft[]> {
    const found = await this.#holdings.each(indices.filter((index) => index !== 0));
    const worth = found.filter(({ asset, units }) => units > 0n && units >= asset.sweepFromUnits);
    // Tokens first: the ether of an address with tokens is what moves them.
    const ordered = [
      ...worth.filter(({ asset }) => asset !== this.#assets.native),
      ...worth.filter(({ asset }) => asset === this.#assets.native),
    ];
    const slots = new Set(taken);
    const busy = new Set<number>();
    const drafts: Draft[] = [];
    const add = (draft: Draft | undefined) => {
      if (draft === undefined) return;
      drafts.push(draft);
      slots.add(this.#transactions.slotOf(draft));
      this.#holdings.promise(draft);
    };
    add(await this.#fillGap(slots));
    for (const one of ordered) {
      if (drafts.length >= AT_ONCE) break;
      if (busy.has(one.index)) continue;
      busy.add(one.index);
      add(one.asset === this.#assets.native ? await this.#ether(one, slots) : await this.#token(one, slots));
    }
    return drafts;
  }

  /** All of it but what the gas may cost at most. */
  async #ether({ index }: Found, taken: ReadonlySet<string>): Promise<Draft | undefined> {
    const { native } = this.#assets;
    const { nonce, spendable } = await this.#holdings.sender(index, taken);
    if (this.#isMoving(index, nonce, taken)) return undefined;
    const { maxFeePerGas, maxPriorityFeePerGas } = await this.#prices.now();
    const units = spendable(native) - PLAIN_GAS * maxFeePerGas;
    if (units <= 0n) return undefined;
    const move = { asset: native, address: this.#wallet.hotAddress, units };
    return { sender: index, nonce, gas: PLAIN_GAS, maxFeePerGas, maxPriorityFeePerGas, ...callOf(move) };
  }

  async #token({ index, asset }: Found, taken: ReadonlySet<string>): Promise<Draft | undefined> {
    const { native } = this.#assets;
    const { address, nonce, spendable } = await this.#holdings.sender(index, taken);
    const units = spendable(asset);
    if (this.#isMoving(index, nonce, taken) || units <= 0n) return undefined;
    const move = { asset, address: this.#wallet.hotAddress, units };
    const gas = await this.#planner.estimate(move, address);
    if (!gas.ok) return undefined;
    const { maxFeePerGas, maxPriorityFeePerGas } = await this.#prices.now();
    const needed = gas.value * maxFeePerGas;
    if (spendable(native) >= needed)
      return { sender: index, nonce, gas: gas.value, maxFeePerGas, maxPriorityFeePerGas, ...callOf(move) };
    // Somewhat more, since prices may rise until it is there.
    const topUp = needed + needed / 2n - spendable(native);
    const paid = await this.#planner.pay({ asset: native, address, units: topUp }, 0, taken);
    return paid.ok ? paid.value : undefined;
  }

  /** Payments behind a nonce that nobody uses wait for ever: the hot wallet then pays itself nothing with it. */
  async #fillGap(taken: ReadonlySet<string>): Promise<Draft | undefined> {
    const { address, nonce } = await this.#holdings.sender(0, taken);
    const prefix = `nonce:${address}:`;
    const used = [...taken].flatMap((slot) =>
      slot.startsWith(prefix) ? [Number(slot.slice(prefix.length))] : [],
    );
    let free = nonce;
    while (taken.has(`${prefix}${free}`)) free += 1;
    if (!used.some((one) => one > free)) return undefined;
    const paid = await this.#planner.pay({ asset: this.#assets.native, address, units: 0n }, 0, taken);
    return paid.ok ? paid.value : undefined;
  }

  /** Gas that is on its way to it, or something from it. */
  #isMoving(index: number, nonce: number, taken: ReadonlySet<string>): boolean {
    return taken.has(this.#transactions.slotOf({ sender: index, nonce }));
  }
}
